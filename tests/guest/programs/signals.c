// SPDX-License-Identifier: MIT
/*
 * Signals, as any static program uses them: prints what happened, one line a check, and
 * on this Linux the same. tests/guest/procs.t compares.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>

static volatile sig_atomic_t calls, last, code, value, sender_ok, depth, deepest;
static void *volatile address;

static void on_signal(int sig, siginfo_t *info, void *uc)
{
	(void)uc;
	calls++;
	last = sig;
	code = info->si_code;
	address = info->si_addr;
	if (info->si_code == SI_QUEUE)
		value = info->si_value.sival_int;
	else if (info->si_code <= 0)
		sender_ok = info->si_pid == getpid();
}

static void handle(int sig, void (*fn)(int, siginfo_t *, void *), int flags)
{
	struct sigaction sa = {.sa_sigaction = fn, .sa_flags = SA_SIGINFO | flags};

	sigemptyset(&sa.sa_mask);
	if (sigaction(sig, &sa, NULL))
		perror("sigaction");
}

static void report(const char *what)
{
	printf("%s: calls %d, signal %d, code %d\n", what, (int)calls, (int)last, (int)code);
	calls = last = code = 0;
}

/* The value that a call returned, and why it failed. */
static void result(const char *what, long rc)
{
	int error = rc < 0 ? errno : 0;

	printf("%s: %ld, errno %d\n", what, rc, error);
}

static void alarm_in(int us, int again)
{
	const struct itimerval t = {.it_value = {.tv_usec = us}, .it_interval = {.tv_usec = again}};

	setitimer(ITIMER_REAL, &t, NULL);
}

static void check_basics(void)
{
	struct sigaction sa;

	handle(SIGUSR1, on_signal, 0);
	kill(getpid(), SIGUSR1);
	printf("from me: %d\n", (int)sender_ok);
	report("kill");
	raise(SIGUSR1);
	report("raise");
	sigaction(SIGUSR1, NULL, &sa);
	printf("handler kept %d, flags %x\n", sa.sa_sigaction == on_signal,
	       sa.sa_flags & ~0x04000000);
	handle(SIGUSR1, on_signal, SA_RESETHAND);
	raise(SIGUSR1);
	report("resethand");
	sigaction(SIGUSR1, NULL, &sa);
	printf("reset: %d\n", sa.sa_handler == SIG_DFL);
	result("sigkill", (long)signal(SIGKILL, SIG_IGN));
	result("no such signal", kill(getpid(), 65));
	result("nobody", kill(1 << 30, 0));
	result("no signal", kill(getpid(), 0));
}

static void check_masks(void)
{
	sigset_t set, old, pending;
	struct timespec now = {0};
	siginfo_t info;

	handle(SIGUSR1, on_signal, 0);
	handle(SIGUSR2, on_signal, 0);
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigprocmask(SIG_BLOCK, &set, &old);
	raise(SIGUSR1);
	raise(SIGUSR1);
	report("blocked");
	sigpending(&pending);
	printf("pending %d %d\n", sigismember(&pending, SIGUSR1), sigismember(&pending, SIGUSR2));
	sigprocmask(SIG_SETMASK, &old, NULL);
	report("let in, once");
	sigprocmask(SIG_BLOCK, &set, NULL);
	raise(SIGUSR1);
	printf("waited for: %d\n", sigwaitinfo(&set, &info));
	result("none", sigtimedwait(&set, &info, &now));
	report("waiting runs no handler");
	raise(SIGUSR1);
	sigprocmask(SIG_BLOCK, NULL, &old);
	sigdelset(&old, SIGUSR1);
	result("sigsuspend", sigsuspend(&old));
	report("suspended");
	sigprocmask(SIG_BLOCK, NULL, &old);
	printf("mask after sigsuspend: %d\n", sigismember(&old, SIGUSR1));
	sigprocmask(SIG_UNBLOCK, &set, NULL);
	report("nothing left");
}

static void nested(int sig, siginfo_t *info, void *uc)
{
	(void)info, (void)uc;
	depth++;
	calls++;
	if (depth > deepest)
		deepest = depth;
	if (calls < 4)
		raise(sig == SIGUSR1 ? SIGUSR2 : SIGUSR1);
	depth--;
}

static void check_nesting(void)
{
	handle(SIGUSR1, nested, 0);
	handle(SIGUSR2, nested, 0);
	deepest = 0;
	raise(SIGUSR1);
	printf("two signals nest %d deep\n", (int)deepest);
	calls = deepest = 0;
	handle(SIGUSR1, nested, SA_NODEFER);
	handle(SIGUSR2, nested, SA_NODEFER);
	raise(SIGUSR1);
	printf("with SA_NODEFER %d\n", (int)deepest);
	report("nested");
}

static void check_queue(void)
{
	const int rt = SIGRTMIN + 1;
	sigset_t set;

	handle(rt, on_signal, 0);
	sigemptyset(&set);
	sigaddset(&set, rt);
	sigprocmask(SIG_BLOCK, &set, NULL);
	for (int i = 1; i <= 3; i++)
		sigqueue(getpid(), rt, (union sigval){.sival_int = 10 * i});
	for (int i = 0; i < 2; i++) {
		siginfo_t info;

		sigwaitinfo(&set, &info);
		printf("queued %d\n", info.si_value.sival_int);
	}
	sigprocmask(SIG_UNBLOCK, &set, NULL);
	printf("the last one's value %d\n", (int)value);
	printf("is SIGRTMIN + 1: %d\n", last == rt);
	last = 0;
	report("queue");
}

static char alt[32768] __attribute__((aligned(16)));

static void on_alt(int sig, siginfo_t *info, void *uc)
{
	char here;
	stack_t now;

	on_signal(sig, info, uc);
	sigaltstack(NULL, &now);
	printf("on the other stack: %d, flag %d\n", &here >= alt && &here < alt + sizeof(alt),
	       now.ss_flags);
}

static void check_altstack(void)
{
	stack_t st = {.ss_sp = alt, .ss_size = sizeof(alt)}, now;

	result("sigaltstack", sigaltstack(&st, NULL));
	handle(SIGUSR1, on_alt, SA_ONSTACK);
	raise(SIGUSR1);
	report("altstack");
	sigaltstack(NULL, &now);
	printf("off again: flag %d\n", now.ss_flags);
	st.ss_size = 100;
	result("too small", sigaltstack(&st, NULL));
	st.ss_flags = SS_DISABLE;
	sigaltstack(&st, NULL);
}

static sigjmp_buf out;
static char *page;

static void protect_and_retry(int sig, siginfo_t *info, void *uc)
{
	on_signal(sig, info, uc);
	mprotect(page, 4096, PROT_READ | PROT_WRITE);
}

static void jump_out(int sig, siginfo_t *info, void *uc)
{
	on_signal(sig, info, uc);
	siglongjmp(out, 1);
}

/* clang-format off */
/*
 * A loop that holds every register, a flag and what lies below the stack pointer (the red zone,
 * where the ABI has one) against the seed. How often it had still to go round when one was wrong.
 */
#ifdef __x86_64__
#define PROGRAM_COUNTER REG_RIP
#define LAST_XMM	"xmm15"
#define SAME(n, reg)	"lea -" #n "(%%" #reg "), %%r14\n cmp %%rax, %%r14\n jne 9f\n"

static inline __attribute__((always_inline)) unsigned long hold_registers(uint64_t seed)
{
	uint64_t wrong;

	__asm__ volatile(
		"mov %[seed], %%rax\n movq %%rax, %%xmm0\n movq %%rax, %%xmm15\n"
		"lea 1(%%rax), %%rbx\n lea 2(%%rax), %%rcx\n lea 3(%%rax), %%rdx\n"
		"lea 4(%%rax), %%rsi\n lea 5(%%rax), %%rdi\n lea 8(%%rax), %%r8\n"
		"lea 9(%%rax), %%r9\n lea 10(%%rax), %%r10\n lea 11(%%rax), %%r11\n"
		"lea 12(%%rax), %%r12\n lea 13(%%rax), %%r13\n"
		"mov $200, %%r15\n mov %%rax, -128(%%rsp)\n mov %%rax, -16(%%rsp)\n"
		"1: stc\n pushf\n popf\n jnc 9f\n"
		SAME(1, rbx) SAME(2, rcx) SAME(3, rdx) SAME(4, rsi) SAME(5, rdi) SAME(8, r8)
		SAME(9, r9) SAME(10, r10) SAME(11, r11) SAME(12, r12) SAME(13, r13)
		"movq %%xmm0, %%r14\n cmp %%rax, %%r14\n jne 9f\n"
		"movq %%xmm15, %%r14\n cmp %%rax, %%r14\n jne 9f\n"
		"cmp %%rax, -128(%%rsp)\n jne 9f\n cmp %%rax, -16(%%rsp)\n jne 9f\n"
		"dec %%r15\n jnz 1b\n"
		"9: mov %%r15, %[wrong]\n"
		: [wrong] "=m"(wrong)
		: [seed] "m"(seed)
		: "rax", "rbx", "rcx", "rdx", "rsi", "rdi", "r8", "r9", "r10", "r11", "r12", "r13",
		  "r14", "r15", "xmm0", "xmm15", "cc", "memory");
	return wrong;
}
#else
#define PROGRAM_COUNTER REG_EIP
#define LAST_XMM	"xmm7"
#define SAME(n, reg)	"lea -" #n "(%%" #reg "), %%esi\n cmp %%eax, %%esi\n jne 9f\n"

static inline __attribute__((always_inline)) unsigned long hold_registers(uint64_t seed)
{
	unsigned long wrong, low = (unsigned long)seed;

	__asm__ volatile(
		"mov %[seed], %%eax\n movd %%eax, %%xmm0\n movd %%eax, %%xmm7\n"
		"lea 1(%%eax), %%ebx\n lea 2(%%eax), %%ecx\n lea 3(%%eax), %%edx\n"
		"mov $200, %%edi\n"
		"1: stc\n pushf\n popf\n jnc 9f\n"
		SAME(1, ebx) SAME(2, ecx) SAME(3, edx)
		"movd %%xmm0, %%esi\n cmp %%eax, %%esi\n jne 9f\n"
		"movd %%xmm7, %%esi\n cmp %%eax, %%esi\n jne 9f\n"
		"dec %%edi\n jnz 1b\n"
		"9: mov %%edi, %[wrong]\n"
		: [wrong] "=m"(wrong)
		: [seed] "m"(low)
		: "eax", "ebx", "ecx", "edx", "esi", "edi", "xmm0", "xmm7", "cc", "memory");
	return wrong;
}
#endif

/* System calls from where no stack is: rt_sigreturn; getpid and a signal to itself. */
#ifdef __x86_64__
#define NO_STACK "mov $0x1000, %%rsp\n"
#define RETURN_FROM_NOWHERE NO_STACK "mov $15, %%eax\n syscall"
#define SIGNAL_WITHOUT_STACK NO_STACK \
	"mov $39, %%eax\n syscall\n mov %%eax, %%edi\n mov $10, %%esi\n mov $62, %%eax\n syscall"
#else
#define NO_STACK "mov $0x1000, %%esp\n"
#define RETURN_FROM_NOWHERE NO_STACK "mov $173, %%eax\n int $0x80"
#define SIGNAL_WITHOUT_STACK NO_STACK \
	"mov $20, %%eax\n int $0x80\n mov %%eax, %%ebx\n mov $10, %%ecx\n mov $37, %%eax\n int $0x80"
#endif
/* clang-format on */

static void skip_ud2(int sig, siginfo_t *info, void *uc)
{
	on_signal(sig, info, uc);
	((ucontext_t *)uc)->uc_mcontext.gregs[PROGRAM_COUNTER] += 2;
}

static void check_faults(void)
{
	const int zero = 0;

	page = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	handle(SIGSEGV, protect_and_retry, 0);
	page[100] = 7;
	printf("written %d, at the right address %d\n", page[100], address == page + 100);
	report("SEGV_ACCERR");
	munmap(page, 4096);
	handle(SIGSEGV, jump_out, 0);
	if (!sigsetjmp(out, 1))
		page[5] = 1;
	printf("address %d\n", address == page + 5);
	report("SEGV_MAPERR");
	if (!sigsetjmp(out, 1))
		page[5] = 1;
	report("again, mask restored by siglongjmp");
	if (!sigsetjmp(out, 1))
		*(volatile char *)0x1234567812345678 = 1;
	printf("no address %d\n", address == NULL);
	report("not canonical");
	handle(SIGFPE, jump_out, 0);
	if (!sigsetjmp(out, 1))
		__asm__ volatile("cltd\n idivl %[zero]" : : "a"(1), [zero] "m"(zero) : "edx", "cc");
	report("SIGFPE");
	handle(SIGILL, skip_ud2, 0);
	__asm__ volatile("ud2");
	report("SIGILL");
	handle(SIGTRAP, on_signal, 0);
	__asm__ volatile("int3");
	report("SIGTRAP");
}

/* Across a signal that falls anywhere into the loop. */
static void check_registers(void)
{
	uint64_t bad = 0, rounds = 0;

	handle(SIGALRM, on_signal, 0);
	alarm_in(500, 500);
	while (calls < 20) {
		uint64_t seed = ++rounds * 0x9e3779b97f4a7c15u;

		bad += hold_registers(seed) != 0;
	}
	alarm_in(0, 0);
	printf("registers spoilt %d times\n", (int)bad);
	calls = 0;
	last = code = 0;
}

static void spoil(int sig, siginfo_t *info, void *uc)
{
	on_signal(sig, info, uc);
	__asm__ volatile("pxor %%xmm0, %%xmm0\n pxor %%" LAST_XMM ", %%" LAST_XMM
			 "\n std\n cld\n" ::
				 : "xmm0", LAST_XMM);
}

static void check_handler_spoils(void)
{
	double sum = 0, again = 0;

	handle(SIGALRM, spoil, 0);
	for (int i = 1; i < 300000; i++)
		again += 1.0 / i;
	alarm_in(300, 300);
	for (int i = 1; i < 300000; i++)
		sum += 1.0 / i;
	while (calls < 2)
		;
	alarm_in(0, 0);
	printf("the sum is the same: %d\n", sum == again);
	calls = last = code = 0;
}

/*
 * The alarm has to find us asleep also where others have the processors: it comes again, and counts
 * once.
 */
static void alarms_begin(void)
{
	alarm_in(200000, 200000);
}

static void alarms_end(void)
{
	alarm_in(0, 0);
	if (calls > 1)
		calls = 1;
}

static void check_interrupted(void)
{
	const struct timespec nap = {.tv_sec = 2};
	struct timespec left = {0};
	int fds[2], status;
	pid_t pid;
	char c;

	handle(SIGALRM, on_signal, SA_RESTART);
	alarms_begin();
	result("nanosleep", nanosleep(&nap, &left));
	alarms_end();
	printf("some left %d\n", left.tv_sec < 2 && (left.tv_sec || left.tv_nsec > 0));
	report("nanosleep");
	/* A child that takes its time: wait is made again, or fails. */
	for (int again = 0; again < 2; again++) {
		handle(SIGALRM, on_signal, again ? SA_RESTART : 0);
		fflush(stdout);
		pid = fork();
		if (pid == 0) {
			nanosleep(&nap, NULL);
			_exit(4);
		}
		alarms_begin();
		result(again ? "wait with SA_RESTART" : "wait without",
		       waitpid(pid, &status, 0) == pid ? 1 : -1);
		alarms_end();
		if (!again)
			printf("then %d\n", waitpid(pid, &status, 0) == pid);
		printf("status %x\n", status);
		report("wait");
	}
	if (pipe(fds) == 0) {
		handle(SIGALRM, on_signal, 0);
		alarms_begin();
		result("read", read(fds[0], &c, 1));
		alarms_end();
		report("read");
		close(fds[0]);
		handle(SIGPIPE, on_signal, 0);
		result("write", write(fds[1], "x", 1));
		report("SIGPIPE");
		close(fds[1]);
	}
	handle(SIGALRM, on_signal, 0);
	alarms_begin();
	result("pause", pause());
	alarms_end();
	report("pause");
}

static void die_by(int sig)
{
	int status;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (pid == 0) {
		signal(sig, SIG_DFL);
		raise(sig);
		_exit(0);
	}
	waitpid(pid, &status, 0);
	printf("signal %d: status %x\n", sig, status & ~0x80);
}

static void check_default(void)
{
	static const int sigs[] = {SIGTERM, SIGINT,   SIGHUP,  SIGABRT, SIGSEGV,
				   SIGPIPE, SIGALRM,  SIGUSR1, SIGCHLD, SIGURG,
				   SIGCONT, SIGWINCH, SIGKILL, SIGSYS,	SIGQUIT};

	for (unsigned i = 0; i < sizeof(sigs) / sizeof(*sigs); i++)
		die_by(sigs[i]);
}

static void check_children(void)
{
	const struct timespec nap = {.tv_nsec = 2000000};
	int status = 0;
	pid_t pid;

	handle(SIGCHLD, on_signal, 0);
	fflush(stdout);
	pid = fork();
	if (pid == 0)
		_exit(9);
	while (!calls)
		nanosleep(&nap, NULL);
	report("SIGCHLD");
	printf("%d", waitpid(pid, &status, 0) == pid);
	printf(" %x\n", status);
	/* Stopped, continued, killed. */
	handle(SIGCHLD, on_signal, SA_NOCLDSTOP);
	fflush(stdout);
	pid = fork();
	if (pid == 0)
		for (;;)
			pause();
	kill(pid, SIGSTOP);
	printf("stopped %d", waitpid(pid, &status, WUNTRACED) == pid);
	printf(" %x\n", status);
	kill(pid, SIGUSR2); /* waits, and kills when it goes on: the handler is the parent's too */
	kill(pid, SIGCONT);
	printf("continued %d", waitpid(pid, &status, WCONTINUED) == pid);
	printf(" %x\n", status);
	kill(pid, SIGKILL);
	printf("killed %d", waitpid(pid, &status, 0) == pid);
	printf(" %x\n", status);
	report("children");
	/* The parent ignores them. */
	signal(SIGCHLD, SIG_IGN);
	fflush(stdout);
	pid = fork();
	if (pid == 0)
		_exit(1);
	result("unwanted", waitpid(pid, &status, 0));
	handle(SIGCHLD, on_signal, SA_NOCLDWAIT);
	fflush(stdout);
	pid = fork();
	if (pid == 0)
		_exit(1);
	result("SA_NOCLDWAIT", waitpid(pid, &status, 0));
	while (!calls)
		nanosleep(&nap, NULL);
	report("and SIGCHLD");
	signal(SIGCHLD, SIG_DFL);
}

static void check_bad_frames(void)
{
	int status;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (pid == 0) {
		signal(SIGSEGV, SIG_DFL);
		__asm__ volatile(RETURN_FROM_NOWHERE ::: "memory");
	}
	waitpid(pid, &status, 0);
	printf("rt_sigreturn from nowhere: %x\n", status & ~0x80);
	pid = fork();
	if (pid == 0) {
		handle(SIGUSR1, on_signal, 0);
		__asm__ volatile(SIGNAL_WITHOUT_STACK ::: "memory");
	}
	waitpid(pid, &status, 0);
	printf("no stack for a handler: %x\n", status & ~0x80);
	pid = fork();
	if (pid == 0) {
		struct sigaction sa = {.sa_handler = (void (*)(int))0x8888000000000000};

		sigaction(SIGUSR1, &sa, NULL);
		signal(SIGSEGV, SIG_DFL);
		raise(SIGUSR1);
		_exit(0);
	}
	waitpid(pid, &status, 0);
	printf("a handler nowhere: %x\n", status & ~0x80);
}

int main(void)
{
	check_basics();
	check_masks();
	check_nesting();
	check_queue();
	check_altstack();
	check_faults();
	check_registers();
	check_handler_spoils();
	check_interrupted();
	check_default();
	check_children();
	check_bad_frames();
	printf("end\n");
	return 0;
}
