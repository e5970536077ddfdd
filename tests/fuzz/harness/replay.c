// SPDX-License-Identifier: MIT
/*
 * A fuzzer without libFuzzer, for each test run: feeds the examples of a corpus to
 * LLVMFuzzerTestOneInput(), then inputs made of them by chance, the same ones each time. It does
 *not see which branches they reach, so it finds what comes back, not what is new: that is `make
 *fuzz`.
 *
 *	fuzz_NAME DIR INPUTS	TAP on stdout; what breaks is on stderr, from a sanitizer
 */
#include "../fuzz.h"

#include <dirent.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define EXAMPLES_MAX 1000
#define INPUT_MAX    4096

static struct {
	uint8_t bytes[INPUT_MAX];
	size_t n;
} examples[EXAMPLES_MAX];
static size_t nr_examples;

/* Marsaglia's xorshift with 64 bits. */
static uint64_t chance(void)
{
	static uint64_t state = 0x9e3779b97f4a7c15;

	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state;
}

static size_t below(size_t n)
{
	return n ? chance() % n : 0;
}

/* In the order of their names, so that chance finds the same ones. */
static void read_examples(const char *path)
{
	struct dirent **entries;
	int n = scandir(path, &entries, NULL, alphasort);

	MUST(n >= 0);
	for (int i = 0; i < n; i++) {
		int dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		int fd = openat(dir, entries[i]->d_name, O_RDONLY | O_CLOEXEC);
		ssize_t got = read(fd, examples[nr_examples].bytes, INPUT_MAX);

		if (got >= 0 && nr_examples + 1 < EXAMPLES_MAX)
			examples[nr_examples++].n = (size_t)got;
		close(fd);
		close(dir);
		free(entries[i]);
	}
	free(entries);
	MUST(nr_examples);
}

/* A copy of exactly its size on the heap, so that a byte too many is noticed. */
static void feed(const uint8_t *bytes, size_t n)
{
	uint8_t *exact = malloc(n ? n : 1);

	MUST(exact);
	memcpy(exact, bytes, n);
	LLVMFuzzerTestOneInput(exact, n);
	free(exact);
}

/* One change: a bit, a byte, a stretch left out, repeated, or taken from another example. */
static size_t change(uint8_t *bytes, size_t n)
{
	static const uint8_t telling[] = "\0\xff{}[]\",:0919-+.e\\u \n\t@kw=";
	size_t at = below(n), length = 1 + below(16), other;

	if (!n)
		return 0;
	length = length < n - at ? length : n - at;
	switch (below(5)) {
	case 0: bytes[at] ^= (uint8_t)(1u << below(8)); return n;
	case 1: bytes[at] = telling[below(sizeof(telling) - 1)]; return n;
	case 2: memmove(bytes + at, bytes + at + length, n - at - length); return n - length;
	case 3:
		if (n + length > INPUT_MAX)
			return n;
		memmove(bytes + at + length, bytes + at, n - at);
		return n + length;
	default:
		other = below(nr_examples);
		length = length < examples[other].n ? length : examples[other].n;
		memcpy(bytes + at, examples[other].bytes + examples[other].n - length, length);
		return n;
	}
}

int main(int argc, char **argv)
{
	unsigned long inputs = argc == 3 ? strtoul(argv[2], NULL, 10) : 0;
	static uint8_t bytes[INPUT_MAX];

	MUST(argc == 3 && inputs);
	printf("1..2\n");
	read_examples(argv[1]);
	for (size_t i = 0; i < nr_examples; i++)
		feed(examples[i].bytes, examples[i].n);
	printf("ok 1 - %zu examples\n", nr_examples);
	fflush(stdout);
	for (unsigned long i = 0; i < inputs; i++) {
		size_t from = below(nr_examples), n = examples[from].n;

		memcpy(bytes, examples[from].bytes, n);
		for (size_t changes = 1 + below(4); changes; changes--)
			n = change(bytes, n);
		feed(bytes, n);
	}
	printf("ok 2 - %lu inputs made of them\n", inputs);
	return 0;
}
