// SPDX-License-Identifier: MIT
#include "box_machine.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "box_session.h"
#include "lib/interrupt.h"
#include "probe.h"

#define DOM0_MIB 512
#define XEN_MIB	 256
#define LOOK_MS	 20
/* From its start to dom0's being ready, as the box lives (own_time.h). */
#define READY_SECONDS 300.0

const char box_dom0_command_line[] = "console=hvc0 quiet loglevel=4";

char *box_xen_command_line(const struct run_spec *spec)
{
	return xasprintf("console=com1 com1=115200,8n1 loglvl=info guest_loglvl=%s "
			 "dom0_mem=%uM,max:%uM dom0_max_vcpus=1 dom0_vcpus_pin",
			 spec->flavour ? "all" : "warning", DOM0_MIB, DOM0_MIB);
}

void box_arguments(const struct run_spec *spec, const char *ramdisk, const char *console,
		   const char *port, struct strv *args)
{
	char *xen = box_xen_command_line(spec), *hypervisor = xen_path(spec->flavour);
	bool exact = strcmp(spec->tier, "exact") == 0;
	char *log = double_commas(console);

	strv_add(args, "-accel");
	strv_add(args, exact ? "tcg" : "tcg,thread=multi");
	if (exact) {
		strv_add(args, "-icount");
		strv_add(args, "shift=0,sleep=off");
		strv_add(args, "-rtc");
		strv_add(args, "base=2026-01-01,clock=vm");
	}
	qemu_words(spec->vcpus, args);
	strv_add(args, "-m");
	strv_add(args, "%uM", XEN_MIB + DOM0_MIB + spec->memory_mib);
	strv_add(args, "-kernel");
	strv_add(args, "%s", hypervisor);
	strv_add(args, "-append");
	strv_add(args, "%s", xen);
	strv_add(args, "-initrd");
	strv_add(args, "%s %s,%s", BOX_VMLINUX, box_dom0_command_line, ramdisk);
	strv_add(args, "-chardev");
	strv_add(args, "file,id=con,path=%s", log);
	strv_add(args, "-serial");
	strv_add(args, "chardev:con");
	strv_add(args, "-chardev");
	strv_add(args, "file,id=port,path=%s", port);
	/*
	 * Requests are served by the processor that makes them. Otherwise QEMU's main loop does
	 * it, in host time, and dom0 is interrupted at another instruction in every boot.
	 */
	strv_add(args, "-device");
	strv_add(args, "virtio-serial-pci,ioeventfd=off");
	strv_add(args, "-device");
	strv_add(args, "virtserialport,chardev=port,name=pvmmu");
	free(log);
	free(xen);
	free(hypervisor);
}

void *box_machine_begin(const struct rig_context *c, const struct run_spec *const *specs, size_t n)
{
	struct box *b = xcalloc(1, sizeof(*b));

	b->c = c;
	b->n = n;
	b->port_fd = -1;
	b->jobs = xcalloc(n, sizeof(*b->jobs));
	for (size_t i = 0; i < n; i++)
		b->jobs[i].spec = specs[i];
	return b;
}

static void stop_machine(struct box *b)
{
	static const char *const files[] = {"port", "ramdisk"};

	if (b->running) {
		subprocess_kill(&b->qemu);
		subprocess_close(&b->qemu);
	}
	b->running = false;
	if (b->port_fd >= 0)
		close(b->port_fd);
	b->port_fd = -1;
	box_port_free(&b->port);
	for (size_t i = 0; b->dir && i < sizeof(files) / sizeof(*files); i++) {
		char *path = xasprintf("%s/%s", b->dir, files[i]);

		unlink(path);
		free(path);
	}
	if (b->dir)
		rmdir(b->dir);
	free(b->dir);
	b->dir = NULL;
	if (b->log && !b->failed)
		unlink(b->log);
	free(b->log);
	b->log = NULL;
	/* What it was given and has not begun is for the next one. */
	for (size_t i = 0; i < b->n; i++)
		if (b->jobs[i].state == JOB_GIVEN)
			b->jobs[i].state = JOB_WAITS;
}

void box_machine_end(void *machine)
{
	struct box *b = machine;

	if (!b)
		return;
	stop_machine(b);
	for (size_t i = 0; i < b->n; i++) {
		free(b->jobs[i].output);
		free(b->jobs[i].result);
		free(b->jobs[i].console);
		free(b->jobs[i].error);
	}
	free(b->jobs);
	free(b->error);
	free(b);
}

/* All that waits and wants the same machine as that one. */
static bool write_session(struct box *b, const struct run_spec *like, const char *to, char **error)
{
	struct box_session s;
	bool ok = box_session_begin(&s, b->c->root, error);

	for (size_t i = 0; i < b->n && ok; i++) {
		struct job *j = &b->jobs[i];

		if (j->state != JOB_WAITS || j->spec->vcpus != like->vcpus)
			continue;
		ok = box_session_add(&s, b->c, j->spec, (unsigned)i + 1, b->timeout, error);
		j->state = JOB_GIVEN;
	}
	ok = ok && box_session_write(&s, b->c->root, to, error);
	box_session_free(&s);
	return ok;
}

static bool start_machine(struct box *b, const struct run_spec *like, const char *log_dir,
			  char **error)
{
	char template[] = "/tmp/pvmmu-XXXXXX", *ramdisk, *port;
	struct strv argv = {0};

	b->ready = b->failed = false;
	b->log = xasprintf("%s/box-%u.log", log_dir, ++b->boots);
	if (!mkdtemp(template))
		return fail(error, "cannot make a directory in /tmp: %s", strerror(errno));
	b->dir = xstrdup(template);
	ramdisk = xasprintf("%s/ramdisk", b->dir);
	port = xasprintf("%s/port", b->dir);
	b->port_fd = open(port, O_RDONLY | O_CREAT | O_CLOEXEC, 0666);
	if (b->port_fd < 0)
		fail(error, "cannot write %s: %s", port, strerror(errno));
	if (!*error && write_session(b, like, ramdisk, error)) {
		strv_add(&argv, "%s", b->c->qemu);
		box_arguments(like, ramdisk, b->log, port, &argv);
		b->running = subprocess_start(&b->qemu, argv.v, b->c->root, error);
		b->started = monotonic_seconds();
	}
	strv_free(&argv);
	free(ramdisk);
	free(port);
	return b->running;
}

static void keep(char **to, const struct box_frame *f)
{
	free(*to);
	*to = xcalloc(f->n + 1, 1);
	memcpy(*to, f->bytes, f->n);
}

static void take_frame(struct box *b, const struct box_frame *f)
{
	struct job *j = f->number >= 1 && f->number <= b->n ? &b->jobs[f->number - 1] : NULL;

	if (strcmp(f->kind, "ready") == 0)
		b->ready = true;
	if (!j || (j->state != JOB_GIVEN && j->state != JOB_BEGUN))
		return;
	if (strcmp(f->kind, "begin") == 0) {
		j->state = JOB_BEGUN;
		j->since = monotonic_seconds();
		j->began = b->qemu.time;
	} else if (strcmp(f->kind, "output") == 0) {
		keep(&j->output, f);
	} else if (strcmp(f->kind, "result") == 0) {
		keep(&j->result, f);
	} else if (strcmp(f->kind, "console") == 0) {
		keep(&j->console, f);
		j->console_n = f->n;
	} else if (strcmp(f->kind, "end") == 0) {
		j->status = atoi(f->bytes);
		j->seconds = monotonic_seconds() - j->since;
		j->state = JOB_DONE;
		j->end = BOOT_ENDED;
	}
}

static void read_port(struct box *b)
{
	char bytes[65536];
	struct box_frame f;
	ssize_t n;

	while ((n = read(b->port_fd, bytes, sizeof(bytes))) > 0) {
		box_port_feed(&b->port, bytes, (size_t)n);
		while (box_port_next(&b->port, &f))
			take_frame(b, &f);
	}
}

/* The machine is of no use any more: the run at hand has come to that end. */
static void give_up(struct box *b, struct job *j, enum boot_end end, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));
static void give_up(struct box *b, struct job *j, enum boot_end end, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	j->error = xvasprintf(fmt, ap);
	va_end(ap);
	j->end = end;
	j->seconds = monotonic_seconds() - (j->state == JOB_BEGUN ? j->since : b->started);
	j->state = JOB_DONE;
	b->failed = true;
	if (!b->ready && end != BOOT_INTERRUPTED)
		b->error = xstrdup(j->error);
}

static void died(struct box *b, struct job *j)
{
	char *status = describe_status(b->qemu.status), *said = subprocess_output(&b->qemu);

	give_up(b, j, BOOT_NOT_STARTED, "the box %s: QEMU %s%s%s",
		b->ready ? "went off" : "did not come up", status, *said ? ": " : "", said);
	free(status);
	free(said);
}

/* The limit that the job has passed, or NULL; the caller's. It is the whole box that counts. */
static char *limit_passed(const struct box *b, const struct job *j)
{
	const struct own_time *now = &b->qemu.time;
	/* dom0's is one more. On the exact tier one thread of QEMU's is all vCPUs in turn. */
	unsigned processors = strcmp(j->spec->tier, "exact") == 0 ? 1 : j->spec->vcpus + 1;

	return boot_limit_passed(b->timeout, processors, now->processor - j->began.processor,
				 now->lived - j->began.lived);
}

/* Until that job is done, one way or the other. Without a machine when it was the other. */
static void follow(struct box *b, struct job *j)
{
	for (;;) {
		/* In this order: what it wrote before it ended must be read after that. */
		bool running = subprocess_running(&b->qemu);
		char *late = NULL;

		own_time_look(&b->qemu.time);
		read_port(b);
		if (j->state == JOB_DONE)
			return;
		if (cancelled())
			give_up(b, j, BOOT_INTERRUPTED, "interrupted");
		else if (b->port.problem)
			give_up(b, j, BOOT_NOT_STARTED, "%s", b->port.problem);
		else if (!running)
			died(b, j);
		else if (!b->ready && b->qemu.time.lived > READY_SECONDS)
			give_up(b, j, BOOT_NOT_STARTED, "the box did not come up in %g s",
				READY_SECONDS);
		else if (j->state == JOB_BEGUN && (late = limit_passed(b, j)))
			give_up(b, j, BOOT_TIMED_OUT, "%s of the box", late);
		free(late);
		if (j->state == JOB_DONE) {
			stop_machine(b);
			return;
		}
		cancel_wait(LOOK_MS);
	}
}

/* The other runs of a machine that this one does not want. */
static void finish_machine(struct box *b)
{
	for (size_t i = 0; i < b->n && b->running; i++)
		if (b->jobs[i].state == JOB_GIVEN || b->jobs[i].state == JOB_BEGUN)
			follow(b, &b->jobs[i]);
	stop_machine(b);
}

bool box_machine_do(struct box *b, struct job *j, const char *log_dir, char **error)
{
	if (j->state == JOB_DONE)
		return true;
	if (j->state == JOB_WAITS && b->running)
		finish_machine(b);
	if (b->error)
		fail(error, "%s", b->error);
	else if (j->state == JOB_WAITS && !start_machine(b, j->spec, log_dir, error))
		stop_machine(b);
	else
		follow(b, j);
	return j->state == JOB_DONE;
}
