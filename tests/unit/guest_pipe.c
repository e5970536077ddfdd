// SPDX-License-Identifier: MIT
/*
 * Pipes between two tasks that take turns. While one sleeps, the other runs, by random
 * steps, until the first one's condition may be true.
 */
#include "guest_task_world.h"

#include "sys/pipe.h"
#include "sys/syscall.h"

#define BYTES 500000u
#define CHUNK 70000u

static struct task *writer, *reader;
static struct file *in, *out; /* the write end and the read end */
static u64 random_state;
static unsigned long written, taken;

static unsigned random_below(unsigned n)
{
	random_state = random_state * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)(random_state >> 33) % n;
}

/* Mostly short, some beyond the atomic size, some beyond the capacity. */
static unsigned random_length(void)
{
	static const unsigned up_to[] = {1, 16, 4096, 4097, 9000, CHUNK};

	return 1 + random_below(up_to[random_below(ARRAY_SIZE(up_to))]);
}

static u8 byte_at(unsigned long n)
{
	return (u8)(n * 7 + (n >> 8) * 3 + (n >> 16));
}

static void read_some(void)
{
	unsigned n = random_length();
	long got;

	run_as(reader);
	got = file_read(out, A, n);
	CHECK(got >= 0 && got <= (long)n);
	for (long i = 0; i < got; i++, taken++)
		if (world_read(A + (unsigned long)i) != byte_at(taken))
			world_failed(__FILE__, __LINE__, "byte %lu is wrong", taken);
}

static void write_some(void)
{
	unsigned n = random_length();
	long put;

	run_as(writer);
	for (unsigned i = 0; i < n; i++)
		world_write(A + i, byte_at(written + i));
	put = file_write(in, A, n);
	if (put == -EAGAIN)
		return;
	/*
	 * If it cannot write everything without waiting, it writes a part, but never a part of a
	 * short write.
	 */
	CHECK(put > 0 && (put == (long)n || n > 4096));
	written += (unsigned long)put;
}

/* The writer waits and the reader reads. In the end that must wake the writer. */
static void the_reader_reads(void)
{
	struct task *who = current;

	CHECK(who == writer);
	while (writer->state != TASK_RUNNING) {
		unsigned long before = taken;

		read_some();
		CHECK(taken > before); /* otherwise both would sleep for ever */
	}
}

static struct page *buffers[64];
static unsigned nr_buffers;

static void note_buffer(struct page *p)
{
	buffers[nr_buffers++] = p;
}

static unsigned count_buffers(void)
{
	nr_buffers = 0;
	pipe_uses(note_buffer);
	return nr_buffers;
}

/* pipe2(), found through the table of system calls, and its two ends. */
extern const struct syscall __start_syscalls[], __stop_syscalls[]; /* the section, by the linker */

static void open_pipe(unsigned flags)
{
	struct syscall_args args = {.a = {A, flags}};
	int fd[2];

	for (const struct syscall *s = __start_syscalls; s < __stop_syscalls; s++)
		if (s->nr == 293)
			CHECK_EQ(s->fn(&args), 0);
	CHECK(copy_from_user(fd, A, sizeof(fd)));
	out = file_get(fd[0]);
	in = file_get(fd[1]);
	CHECK(out && in);
	file_put(out); /* the descriptor keeps a reference */
	file_put(in);
}

static struct stock start(unsigned flags)
{
	struct stock before = world_stock();
	struct task *init = start_init();

	CHECK_EQ(mm_map(init->mm, A, 32 * PAGE_SIZE, RW, NULL, 0, true), A);
	open_pipe(flags);
	writer = init;
	reader = fork_now();
	run_as(reader);
	CHECK_EQ(file_close(4), 0);
	run_as(writer);
	CHECK_EQ(file_close(3), 0);
	return before;
}

static void finish(struct stock before)
{
	int writer_status = writer->kill_status;

	while_asleep = NULL;
	exit_now(reader, 0);
	wait_for(writer, -1, reader->pid, 0);
	exit_now(writer, writer_status);
	wait_for(&session, -1, 1, writer_status);
	tree_reset();
	CHECK_EQ(count_buffers(), 0);
	world_check_stock(before);
}

static void test_blocking(void *arg)
{
	struct stock before = start(0);

	random_state = (u64)(unsigned long)arg + 1;
	while_asleep = the_reader_reads;
	while (written < BYTES) {
		write_some();
		while (taken < written && random_below(3))
			read_some();
	}
	CHECK(count_buffers() <= 16);
	while (taken < written)
		read_some();
	CHECK(count_buffers() <= 1); /* an empty pipe keeps at most one partly used page */
	run_as(writer);
	CHECK_EQ(file_close(4), 0);
	run_as(reader);
	CHECK_EQ(file_read(out, A, 1), 0);
	finish(before);
}

static void test_nonblocking(void *arg)
{
	struct stock before = start(O_NONBLOCK);

	(void)arg;
	random_state = 5;
	run_as(reader);
	CHECK_EQ(file_read(out, A, 1), (long)-EAGAIN);
	while (written < BYTES) {
		write_some();
		if (taken < written && random_below(2))
			read_some();
	}
	finish(before);
}

/* There is room for less than a short write: no part of it is written. */
static void test_atomic(void *arg)
{
	struct stock before = start(O_NONBLOCK);

	(void)arg;
	run_as(writer);
	CHECK_EQ(file_write(in, A, 65536 - 100), 65536 - 100);
	CHECK_EQ(file_write(in, A, 101), (long)-EAGAIN);
	CHECK_EQ(file_write(in, A, 4096), (long)-EAGAIN);
	CHECK_EQ(file_write(in, A, 4097), 100); /* not atomic: as much as fits */
	CHECK_EQ(file_write(in, A, 1), (long)-EAGAIN);
	CHECK_EQ(count_buffers(), 16);
	run_as(reader);
	CHECK_EQ(file_read(out, A, 4095), 4095);
	run_as(writer);
	CHECK_EQ(file_write(in, A, 4096), (long)-EAGAIN);
	CHECK_EQ(file_write(in, A, 4095), 4095);
	/* No reader is left: EPIPE, and the signal. */
	run_as(reader);
	CHECK_EQ(file_close(3), 0);
	run_as(writer);
	CHECK_EQ(file_write(in, A, 1), (long)-EPIPE);
	CHECK(writer->pending.set == SIG_BIT(SIGPIPE) && writer->work == WORK_SIGNAL);
	finish(before);
}

static void kill_sleeper(void)
{
	struct task *who = current;

	run_as(&session);
	who->work = WORK_KILLED;
	task_wake(who);
}

static void test_killed(void *arg)
{
	struct stock before = start(0);

	(void)arg;
	while_asleep = kill_sleeper;
	run_as(reader);
	CHECK_EQ(file_read(out, A, 1), (long)-ERESTARTSYS);
	finish(before);
}

static void no_memory(void *arg)
{
	struct stock before = start(0);
	unsigned long n = (unsigned long)arg;

	run_as(writer);
	world_fail_allocation(n, true);
	CHECK_EQ(file_write(in, A, 3 * PAGE_SIZE), (long)-ENOMEM);
	world_fail_none();
	CHECK_EQ(file_write(in, A, 3 * PAGE_SIZE), 3 * PAGE_SIZE);
	finish(before);
}

static void test_no_memory(void **state)
{
	(void)state;
	for (unsigned long n = 0; n < 3; n++)
		world_expect_ok(no_memory, (void *)n);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_TEST(test_blocking),	  WORLD_TEST(test_nonblocking),
		WORLD_TEST(test_atomic),	  WORLD_TEST(test_killed),
		cmocka_unit_test(test_no_memory),
	};

	task_world_boot();
	return WORLD_RUN(tests);
}
