// SPDX-License-Identifier: MIT
#include "box_machine.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "collect/collect.h"
#include "lib/cpio.h"
#include "lib/dirtree.h"
#include "lib/file_write.h"
#include "lib/interrupt.h"
#include "lib/paths.h"
#include "probe.h"

#define DOM0_MIB 512
#define XEN_MIB	 256
#define LOOK_MS	 20
/* Time from its start until dom0 is ready, in the box's life (own_time.h). */
#define READY_SECONDS 300.0

const char box_dom0_command_line[] = "console=hvc0 quiet loglevel=4";

char *box_xen_command_line(const struct run_spec *spec)
{
	return xen_command_line(spec, DOM0_MIB, 1, " dom0_vcpus_pin");
}

void box_arguments(const struct run_spec *spec, const char *ramdisk, const char *console,
		   const char *port, struct strv *args)
{
	AUTO_FREE char *xen = box_xen_command_line(spec), *hypervisor = xen_path(spec->flavour);

	if (strcmp(spec->tier, "exact") == 0)
		qemu_exact_clock(args);
	else
		strv_add_words(args, "-accel", "tcg,thread=multi", NULL);
	qemu_words(spec->vcpus, args);
	strv_add_option(args, "-m", "%uM", XEN_MIB + DOM0_MIB + spec->memory_mib);
	strv_add_words(args, "-kernel", hypervisor, "-append", xen, NULL);
	strv_add_option(args, "-initrd", "%s %s,%s", BOX_VMLINUX, box_dom0_command_line, ramdisk);
	qemu_console(console, false, args);
	strv_add_option(args, "-chardev", "file,id=port,path=%s", port);
	/*
	 * The processor that makes a request serves it. Otherwise QEMU's main loop serves it, in
	 * host time, and interrupts dom0 at another instruction in every boot.
	 */
	strv_add_words(args, "-device", "virtio-serial-pci,ioeventfd=off", "-device",
		       "virtserialport,chardev=port,name=pvmmu", NULL);
}

/* ---- the session: what the machine is given to do ---- */

struct box_session {
	struct archive archive;
	bool perf; /* a run uses perf in dom0 */
};

/* Adds a file of the project, once, under the same name in the box's /pvmmu. */
static bool add_file(struct box_session *s, const char *root, const char *relative, char **error)
{
	AUTO_FREE char *path = root_path(root, relative), *name = xasprintf("pvmmu/%s", relative);

	return strv_has(&s->archive.names, name) ||
	       archive_add_path(&s->archive, name, path, error);
}

static bool session_begin(struct box_session *s, const char *root, char **error)
{
	static const char *const files[] = {"results.schema.json", "build/pvmmu",
					    "build/share/variants.json",
					    "build/share/workloads.json"};

	*s = (struct box_session){0};
	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++)
		if (!add_file(s, root, files[i], error))
			return false;
	return true;
}

/* The same run on rig xl, as a job of the box's shell. */
static char *job_text(const struct rig_context *c, const struct run_spec *spec, double timeout)
{
	bool exact = strcmp(spec->tier, "exact") == 0;
	struct run_spec inside = *spec;
	AUTO_FREE char *command = NULL, *cpus = NULL;

	/*
	 * On the exact tier the clock in there counts instructions, too. Otherwise it is the
	 * wall's, and only the outside can see what the machine itself has had.
	 */
	if (!exact)
		timeout = timeout * BOOT_LIVES_TIMES < BOOT_TIMEOUT_MAX ? timeout * BOOT_LIVES_TIMES
									: BOOT_TIMEOUT_MAX;
	inside.rig = rig_by_name("xl", NULL);
	inside.flavour = NULL; /* the Xen that runs */
	command = run_command(&inside);
	if (c->cpus) {
		cpus = shell_word(c->cpus);
		replace_text(&command, "%s --cpus %s", command, cpus);
	}
	return xasprintf(
		"%s%s --timeout %u --no-control --keep-logs --quiet --out /run/result.json\n",
		exact ? "export PVMMU_INSTRUCTION_CLOCK=1\n" : "", command, (unsigned)timeout);
}

static bool session_add(struct box_session *s, const struct rig_context *c,
			const struct run_spec *spec, unsigned number, double timeout, char **error)
{
	AUTO_FREE char *guest = guest_path(spec), *initramfs = initramfs_path(spec);
	AUTO_FREE char *text = job_text(c, spec, timeout),
		       *name = xasprintf("box/%04u.job", number);
	bool ok = add_file(s, c->root, guest, error) && add_file(s, c->root, initramfs, error) &&
		  archive_add(&s->archive, name, 0644, text, strlen(text), error);

	s->perf = s->perf || (c->collecting && collecting_has(c->collecting, "perf", spec));
	return ok;
}

/* Linux takes several archives one behind the other, each at a multiple of 4 bytes. */
static void append(char **all, size_t *n, const char *bytes, size_t more)
{
	*all = xrealloc(*all, *n + 4 + more);
	memset(*all + *n, 0, 4);
	*n = (*n + 3) & ~(size_t)3;
	memcpy(*all + *n, bytes, more);
	*n += more;
}

static bool append_file(char **all, size_t *n, const char *root, const char *relative, char **error)
{
	AUTO_FREE char *path = root_path(root, relative);
	size_t more;
	AUTO_FREE char *bytes = read_whole_file(path, &more, error);

	if (bytes)
		append(all, n, bytes, more);
	return bytes;
}

static bool session_write(struct box_session *s, const char *root, const char *to, char **error)
{
	AUTO_FREE char *all = NULL;
	size_t n = 0;
	bool ok;

	archive_end(&s->archive);
	ok = append_file(&all, &n, root, BOX_RAMDISK, error) &&
	     (!s->perf || append_file(&all, &n, root, BOX_PERF, error));
	if (ok)
		append(&all, &n, s->archive.bytes, s->archive.n);
	ok = ok && write_plainly(to, all, n, error);
	return ok;
}

/* ---- the machine ---- */

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
	if (b->running) {
		subprocess_kill(&b->qemu);
		subprocess_close(&b->qemu);
	}
	b->running = false;
	if (b->port_fd >= 0)
		close(b->port_fd);
	b->port_fd = -1;
	box_port_free(&b->port);
	if (b->dir)
		directory_remove(b->dir, NULL);
	free(b->dir);
	b->dir = NULL;
	if (b->log && !b->failed)
		unlink(b->log);
	free(b->log);
	b->log = NULL;
	/* Jobs that this machine was given and has not begun are for the next one. */
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

/* Gives the machine all waiting jobs that want the same machine as `like`. */
static bool write_session(struct box *b, const struct run_spec *like, const char *to, char **error)
{
	struct box_session s;
	bool ok = session_begin(&s, b->c->root, error);

	for (size_t i = 0; i < b->n && ok; i++) {
		struct job *j = &b->jobs[i];

		if (j->state != JOB_WAITS || j->spec->vcpus != like->vcpus)
			continue;
		ok = session_add(&s, b->c, j->spec, (unsigned)i + 1, b->timeout, error);
		j->state = JOB_GIVEN;
	}
	ok = ok && session_write(&s, b->c->root, to, error);
	archive_free(&s.archive);
	return ok;
}

static bool start_machine(struct box *b, const struct run_spec *like, const char *log_dir,
			  char **error)
{
	AUTO_FREE char *ramdisk = NULL, *port = NULL;
	AUTO_STRV struct strv argv = {0};

	b->ready = b->failed = false;
	b->log = xasprintf("%s/box-%u.log", log_dir, ++b->boots);
	b->dir = temporary_directory_in("/tmp", "pvmmu", error);
	if (!b->dir)
		return false;
	ramdisk = xasprintf("%s/ramdisk", b->dir);
	port = xasprintf("%s/port", b->dir);
	b->port_fd = open(port, O_RDONLY | O_CREAT | O_CLOEXEC, 0666);
	if (b->port_fd < 0)
		return fail(error, "cannot write %s: %s", port, strerror(errno));
	if (write_session(b, like, ramdisk, error)) {
		strv_add(&argv, "%s", b->c->qemu);
		box_arguments(like, ramdisk, b->log, port, &argv);
		b->running = subprocess_start(&b->qemu, argv.v, b->c->root, error);
		b->started = monotonic_seconds();
	}
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

/* Ends the current job in that way; the machine is not used any more. */
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
	AUTO_FREE char *status = describe_status(b->qemu.status),
		       *said = subprocess_output(&b->qemu);

	give_up(b, j, BOOT_NOT_STARTED, "the box %s: QEMU %s%s%s",
		b->ready ? "went off" : "did not come up", status, *said ? ": " : "", said);
}

/* The limit that the job has passed, or NULL; the caller's. The complete box counts. */
static char *limit_passed(const struct box *b, const struct job *j)
{
	const struct own_time *now = &b->qemu.time;
	/* Dom0 has one more. On the exact tier all vCPUs take turns in one thread of QEMU. */
	unsigned processors = strcmp(j->spec->tier, "exact") == 0 ? 1 : j->spec->vcpus + 1;

	return boot_limit_passed(b->timeout, processors, now->processor - j->began.processor,
				 now->lived - j->began.lived);
}

/* Follows the machine until the job is done. If the job failed, the machine is gone. */
static void follow(struct box *b, struct job *j)
{
	for (;;) {
		/*
		 * This order matters: bytes that the machine wrote before its end must be read
		 * after the end was seen.
		 */
		bool running = subprocess_running(&b->qemu);
		AUTO_FREE char *late = NULL;

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
		if (j->state == JOB_DONE) {
			stop_machine(b);
			return;
		}
		cancel_wait(LOOK_MS);
	}
}

/* Finishes the runs of a machine that this run does not want. */
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
