// SPDX-License-Identifier: MIT
#include "proc/options.h"

#include "lib/bug.h"
#include "lib/string.h"

struct options options = {.init = "/bin/null",
			  .init_args = "",
			  .seed = SEED_DEFAULT,
			  .audit = true,
			  .high_mib = HIGH_MIB_DEFAULT};

static char *next_word(char **p)
{
	char *s = *p, *word;

	while (*s == ' ')
		s++;
	word = s;
	while (*s && *s != ' ')
		s++;
	if (*s)
		*s++ = '\0';
	*p = s;
	return *word ? word : NULL;
}

static bool value_of(char *word, const char *key, const char **value)
{
	size_t n = strlen(key);

	if (strncmp(word, key, n) || word[n] != '=')
		return false;
	*value = word + n + 1;
	return true;
}

static u64 number(const char *word, const char *value)
{
	const char *end;
	u64 v = parse_number(value, &end);

	if (end == value || *end)
		panic("option %s: expected a number", word);
	return v;
}

/*
 * Up to two MiB each, which is what one pte page maps, so that a table border may fall
 * anywhere.
 */
static void lay_out(u64 seed)
{
	u64 hash = seed * 0x9e3779b97f4a7c15u;
	u64 pages = seed == SEED_DEFAULT ? 0 : hash ^ (hash >> 32);

	options.layout.stack_bytes = (hash >> 56) * 16;
	options.layout.stack = (pages & 511) << PAGE_SHIFT;
	options.layout.mmap = (pages >> 9 & 511) << PAGE_SHIFT;
	options.layout.brk = (pages >> 18 & 511) << PAGE_SHIFT;
}

void options_parse(char *text)
{
	char *word;
	const char *value;

	while ((word = next_word(&text))) {
		if (!strcmp(word, "--")) {
			options.init_args = text;
			break;
		}
		if (!strcmp(word, "checkpoint"))
			options.checkpoint = true;
		else if (!strcmp(word, "xenperf"))
			options.xenperf = true;
		else if (value_of(word, "init", &value))
			options.init = value;
		else if (value_of(word, "seed", &value))
			options.seed = number("seed", value);
		else if (value_of(word, "audit", &value))
			options.audit = number("audit", value);
		else if (value_of(word, "high_mib", &value))
			options.high_mib = number("high_mib", value);
		else
			panic("unknown option '%s'; valid: checkpoint high_mib=N init=PATH seed=N audit=0 xenperf -- ARGUMENTS",
			      word);
	}
	lay_out(options.seed);
}
