// SPDX-License-Identifier: MIT
#include "xl_domain.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "collect/collect.h"
#include "lib/interrupt.h"
#include "lib/text.h"
#include "machine/program_output.h"

/*
 * Building a domain takes a fraction of a second, and much longer in an emulated dom0. The limits
 * are seconds of a tool's life (own_time.h), except for the console, which another process
 * provides, whose life we cannot follow.
 */
#define CREATE_SECONDS	60.0
#define CONSOLE_SECONDS 300.0
#define TOOL_SECONDS	60.0
#define LOOK_EVERY_MS	50
/*
 * After the domain's end its last words are still in the pipeline and arrive at once, or later on a
 * busy machine. It is worth waiting longer if they are missing.
 */
#define DRAIN_MS	 300
#define DRAIN_MISSING_MS 5000
/* After the last record a domain has this long to end itself. */
#define OFF_SECONDS 10.0

/* The complete output as it is: subprocess_output() keeps a few kB and escapes line ends. */
static char *whole_output(const struct subprocess *p)
{
	char *text = xstrdup(""), bytes[4096];
	off_t at = 0;
	ssize_t n;

	while ((n = pread(p->output, bytes, sizeof(bytes), at)) > 0) {
		replace_text(&text, "%s%.*s", text, (int)n, bytes);
		at += n;
	}
	return text;
}

char *xl_output(char *const argv[], double seconds, char **error)
{
	char *text = NULL, *status;
	struct subprocess p;

	if (!subprocess_start(&p, argv, NULL, error))
		return NULL;
	if (!subprocess_wait_to_end(&p, seconds)) {
		subprocess_kill(&p);
		fail(error, "%s %s does not end", argv[0], argv[1]);
	} else if (p.status) {
		status = describe_status(p.status);
		text = subprocess_output(&p);
		fail(error, "%s %s %s%s%s", argv[0], argv[1], status, *text ? ": " : "", text);
		free(text);
		free(status);
		text = NULL;
	} else {
		text = whole_output(&p);
	}
	subprocess_close(&p);
	return text;
}

static char *tool(const char *program, const char *verb, const char *object, char **error)
{
	char *argv[] = {(char *)program, (char *)verb, (char *)object, NULL};

	return xl_output(argv, TOOL_SECONDS, error);
}

/* Waits for the domain's id. The domain is paused, so looking disturbs no measurement. */
static bool find_id(struct xl_domain *d, char **error)
{
	AUTO_FREE char *text = NULL;

	while (!text) {
		own_time_look(&d->create.time);
		if (!subprocess_running(&d->create)) {
			text = subprocess_output(&d->create);
			fail(error, "xl create: %s", *text ? text : "no reason given");
		} else if (d->create.time.lived > CREATE_SECONDS) {
			fail(error, "xl create has made no domain in %g s", CREATE_SECONDS);
		} else if (cancelled()) {
			fail(error, "interrupted");
		} else {
			text = tool(d->tools->xl, "domid", d->name, NULL);
			if (!text)
				cancel_wait(LOOK_EVERY_MS);
			else
				d->id = (unsigned)strtoul(text, NULL, 10);
		}
		if (*error)
			break;
	}
	return !*error;
}

static bool open_console(struct xl_domain *d, char **error)
{
	double end = monotonic_seconds() + CONSOLE_SECONDS;
	char *key = xasprintf("/local/domain/%u/console/tty", d->id), *path = NULL;
	char *argv[] = {d->tools->xenstore_read, key, NULL};

	while (!path && !*error) {
		path = xl_output(argv, TOOL_SECONDS, NULL);
		if (path)
			path[strcspn(path, "\n")] = 0;
		if (path && *path)
			break;
		free(path);
		path = NULL;
		if (monotonic_seconds() > end)
			fail(error,
			     "the domain has no console (%s in xenstore): does xenconsoled run?",
			     key);
		else if (cancel_wait(LOOK_EVERY_MS))
			fail(error, "interrupted");
	}
	if (path) {
		d->console = open(path, O_RDONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
		if (d->console < 0)
			fail(error, "cannot read the domain's console %s: %s", path,
			     strerror(errno));
	}
	free(path);
	free(key);
	return !*error;
}

bool xl_domain_create(struct xl_domain *d, const struct xl_tools *tools, const char *name,
		      const char *config, char **error)
{
	char *argv[] = {tools->xl,    (char *)"create", (char *)"-F",
			(char *)"-p", (char *)config,	NULL};
	AUTO_FREE char *ignored = NULL;

	*d = (struct xl_domain){.tools = tools, .name = xstrdup(name), .console = -1};
	d->started = subprocess_start(&d->create, argv, NULL, error);
	if (d->started && find_id(d, error) && open_console(d, error))
		return true;
	xl_domain_destroy(d, &ignored);
	return false;
}

/* Reads available output. false: there will be no more. */
static bool read_console(struct xl_domain *d, struct boot *b, int log)
{
	char bytes[65536];
	ssize_t n;

	while ((n = read(d->console, bytes, sizeof(bytes))) > 0) {
		console_feed(&b->console, bytes, (size_t)n);
		if (log >= 0 && write(log, bytes, (size_t)n) != n)
			fail(&b->error, "the console's log cannot be written: %s", strerror(errno));
	}
	return n < 0 && (errno == EAGAIN || errno == EINTR);
}

/* Sleeps until there is work, or for at most so long. */
static void sleep_for_news(const struct xl_domain *d, int ended, bool hung_up, double seconds)
{
	struct pollfd fds[] = {{.fd = hung_up ? -1 : d->console, .events = POLLIN},
			       {.fd = ended, .events = POLLIN},
			       {.fd = cancel_fd(), .events = POLLIN}};

	/* Without a descriptor for xl's end we must look for it. */
	if (ended < 0 && seconds > 1)
		seconds = 1;
	poll(fds, 3, seconds < 0 ? 0 : (int)(seconds * 1000) + 1);
}

/* Seconds of processor time that Xen gave the domain; 0 if xl does not say. */
static double domain_processor(const struct xl_domain *d)
{
	char *text = tool(d->tools->xl, "list", d->name, NULL), *column;
	double seconds = 0;

	/* The output has two lines, the heading and the domain; the value is in the last column. */
	if (text && (column = strrchr(text, ' ')))
		seconds = strtod(column, NULL);
	free(text);
	return seconds;
}

/*
 * Called when the deadline has passed on the wall clock. If the domain had less processor time, it
 * goes on until it can have had all of it. Asking costs dom0 some work, so we do not ask earlier.
 */
static bool is_late(const struct xl_domain *d, struct boot *b, double lived, double *more)
{
	double processor = domain_processor(d);

	b->late = boot_limit_passed(b->timeout, b->processors, processor, lived);
	*more = b->timeout - processor / b->processors + 1;
	return b->late;
}

static enum boot_end follow(struct xl_domain *d, struct boot *b, int log, int ended, double start)
{
	double last_words = 0, deadline = start + b->timeout, now, more;
	bool hung_up = false;

	for (;;) {
		bool running = subprocess_running(&d->create);

		hung_up = hung_up || !read_console(d, b, log);
		now = monotonic_seconds();
		if (b->first_sample_seconds < 0 && json_object_size(b->console.series))
			b->first_sample_seconds = now - start;
		if (!running)
			return BOOT_ENDED;
		if (cancelled() || (b->console.output && b->console.output->unprinted))
			return BOOT_INTERRUPTED;
		if (!last_words && (console_is_fatal(&b->console) || b->console.exit)) {
			last_words = now;
			if (deadline > now + OFF_SECONDS)
				deadline = now + OFF_SECONDS;
		}
		if (now > deadline && last_words)
			return BOOT_STOPPED;
		if (now > deadline && is_late(d, b, now - start, &more))
			return BOOT_TIMED_OUT;
		if (now > deadline)
			deadline = now + more;
		sleep_for_news(d, ended, hung_up, deadline - now);
	}
}

/* Reads the output that xenconsoled still holds when the domain has ended. */
static void drain(struct xl_domain *d, struct boot *b, int log)
{
	struct pollfd fd = {.fd = d->console, .events = POLLIN};

	while (read_console(d, b, log) &&
	       poll(&fd, 1, b->console.exit || b->end != BOOT_ENDED ? DRAIN_MS : DRAIN_MISSING_MS) >
		       0)
		;
}

void xl_domain_follow(struct xl_domain *d, struct boot *b, const char *log_path)
{
	struct collector_moment at = {.domain = d->id};
	int log = open(log_path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	int ended = (int)syscall(SYS_pidfd_open, d->create.pid, 0);
	double start = monotonic_seconds();
	AUTO_FREE char *said = NULL;

	observation_begun(b->observation, &at);
	said = tool(d->tools->xl, "unpause", d->name, &b->error);
	if (said) {
		b->end = follow(d, b, log, ended, start);
		observation_ended(b->observation, &at);
		drain(d, b, log);
		console_end(&b->console);
		b->seconds = monotonic_seconds() - start;
		/* xl waited for the domain and reports only failures. */
		b->status = d->create.running ? 0 : d->create.status;
		b->output = subprocess_output(&d->create);
	}
	if (log >= 0)
		close(log);
	if (ended >= 0)
		close(ended);
}

/*
 * Whether the domain exists. A domain that is being built has no name yet, and would be lost if xl
 * were killed now. false: there is none.
 */
static bool is_there(struct xl_domain *d)
{
	AUTO_FREE char *id = NULL;

	while (!(id = tool(d->tools->xl, "domid", d->name, NULL)) &&
	       subprocess_running(&d->create) && d->create.time.lived < CREATE_SECONDS) {
		poll(NULL, 0, LOOK_EVERY_MS);
		own_time_look(&d->create.time);
	}
	if (!id)
		return false;
	return true;
}

bool xl_domain_destroy(struct xl_domain *d, char **error)
{
	char *said = NULL;

	if (d->started && is_there(d)) {
		said = tool(d->tools->xl, "destroy", d->name, error);
		free(said);
	}
	if (d->started) {
		subprocess_kill(&d->create);
		subprocess_close(&d->create);
	}
	if (d->console >= 0)
		close(d->console);
	d->console = -1;
	d->started = false;
	free(d->name);
	d->name = NULL;
	return !*error;
}
