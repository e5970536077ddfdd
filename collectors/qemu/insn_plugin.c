// SPDX-License-Identifier: MIT
/*
 * The plugin: has QEMU tell which code is executed, and writes at the end which of it
 * was executed how often within the measured sections (abi/section.h).
 *
 *	-plugin FILE.so,out=FILE[,xen=on]
 *
 * The file is text, and whole if it ends with a line "end":
 *
 *	pvmmu-insn 1
 *	section XEN KERNEL USER		instructions executed in it, for each in its order
 *	open N				1: the last section has no end
 *	faults N			instructions that faulted, in all sections
 *	block ADDRESS CODE L:N ...	its address and bytes in hexadecimal; for each
 *					instruction its length and how often it was executed
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "flow.h"
#include "plugin_api.h"

/* The emulator's own limit, and more bytes than that many instructions have. */
#define MAX_INSNS 512

PLUGIN_EXPORT extern int qemu_plugin_version;
int qemu_plugin_version;

static struct flow flow;
static char *out;
static const char *broken; /* why there will be no result */
static bool copies;	   /* QEMU copies an instruction's bytes */
static unsigned numbers;   /* a bit for each processor's number that entered() was given */

/* When we are loaded; QEMU compares our version before it tells us its own. */
__attribute__((constructor)) static void choose_version(void)
{
	qemu_plugin_version = qemu_plugin_scoreboard_new ? 2 : 1;
}

/*
 * QEMU 10.0 with -icount gives the number of the processor for which it translated the block;
 * another one may execute it. We tell processors by the address of their state: translated code
 * keeps it in rbp, which is what our frame saves.
 */
static void entered(unsigned int vcpu, void *block)
{
	const void *state = *(const void *const *)__builtin_frame_address(0);

	numbers |= 1u << vcpu % 32;
	vcpu = flow_vcpu(&flow, state);
	if (vcpu < FLOW_MAX_VCPUS)
		flow_enter(&flow, vcpu, block);
	else
		broken = "too many processors";
}

static void begun(unsigned int vcpu, void *unused)
{
	(void)vcpu;
	(void)unused;
	flow.begun++;
}

static void accessed(unsigned int vcpu, uint32_t info, uint64_t address, void *unused)
{
	(void)vcpu;
	(void)info;
	(void)address;
	(void)unused;
	flow.accesses++;
}

/* False: QEMU does not have all of the instruction's bytes. */
static bool read_code(const struct qemu_plugin_insn *insn, unsigned char *to, size_t size)
{
	if (copies)
		return plugin_insn_copy(insn, to, size) == size;
	memcpy(to, plugin_insn_pointer(insn), size);
	return true;
}

/*
 * How many instructions the block really has. One that reaches into another page is only
 * ever a block of its own. Where it was met behind others QEMU 7.2 has left it in the list,
 * with as many of its bytes as it had read: not an instruction, says the disassembler. From
 * version 2 on the list is right.
 */
static size_t instructions(const struct qemu_plugin_tb *tb)
{
	size_t n = qemu_plugin_tb_n_insns(tb);
	const struct qemu_plugin_insn *last = n > 1 ? qemu_plugin_tb_get_insn(tb, n - 1) : NULL;
	uint64_t at = last ? qemu_plugin_insn_vaddr(last) : 0;
	char *text;

	if (qemu_plugin_version > 1 || !last || PAGE_BYTES - at % PAGE_BYTES >= INSN_BYTES)
		return n;
	text = qemu_plugin_insn_disas(last);
	if (text && strncmp(text, ".byte", 5) == 0)
		n--;
	free(text);
	return n;
}

static void translated(uint64_t id, struct qemu_plugin_tb *tb)
{
	static unsigned char code[MAX_INSNS * INSN_BYTES], length[MAX_INSNS];
	size_t n = instructions(tb), bytes = 0;
	struct flow_block *b;

	(void)id;
	if (!n || n > MAX_INSNS) {
		broken = n ? "a block that is too long" : "an empty block";
		return;
	}
	for (size_t i = 0; i < n; i++) {
		struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);
		size_t size = qemu_plugin_insn_size(insn);

		if (size > sizeof(code) - bytes) {
			broken = "a block that is too long";
			return;
		}
		if (!read_code(insn, code + bytes, size)) {
			broken = "code that it cannot read";
			return;
		}
		length[i] = (unsigned char)size;
		bytes += size;
		qemu_plugin_register_vcpu_insn_exec_cb(insn, begun, QEMU_PLUGIN_CB_NO_REGS, NULL);
		if (i == n - 1)
			qemu_plugin_register_vcpu_mem_cb(insn, accessed, QEMU_PLUGIN_CB_NO_REGS,
							 QEMU_PLUGIN_MEM_RW, NULL);
	}
	b = flow_block(&flow, qemu_plugin_insn_vaddr(qemu_plugin_tb_get_insn(tb, 0)), code, length,
		       (unsigned)n);
	if (b)
		qemu_plugin_register_vcpu_tb_exec_cb(tb, entered, QEMU_PLUGIN_CB_NO_REGS, b);
	else
		broken = "no memory";
}

static void write_block(FILE *file, const struct flow_block *b)
{
	fprintf(file, "block %" PRIx64 " ", b->start);
	for (unsigned i = 0; i < b->bytes; i++)
		fprintf(file, "%02x", b->code[i]);
	for (unsigned i = 0; i < b->n; i++)
		fprintf(file, " %u:%" PRIu64, b->length[i], flow_executed(b, i));
	fprintf(file, "\n");
}

static void write_all(FILE *file)
{
	fprintf(file, "pvmmu-insn 1\n");
	for (size_t i = 0; i < flow.nr_sections; i++)
		fprintf(file, "section %" PRIu64 " %" PRIu64 " %" PRIu64 "\n",
			flow.sections[i].executed[FLOW_XEN], flow.sections[i].executed[FLOW_KERNEL],
			flow.sections[i].executed[FLOW_USER]);
	fprintf(file, "open %d\nfaults %" PRIu64 "\n", flow.open, flow.refaults);
	for (size_t i = 0; i < FLOW_HASH; i++)
		for (const struct flow_block *b = flow.blocks[i]; b; b = b->next)
			if (b->entered)
				write_block(file, b);
	if (broken)
		fprintf(file, "broken %s\n", broken);
	else
		fprintf(file, "end\n");
}

static void at_exit(uint64_t id, void *unused)
{
	FILE *file = fopen(out, "we");

	(void)id;
	(void)unused;
	/* A processor that has a block translated is one that executes. */
	if ((unsigned)__builtin_popcount(numbers) > flow.nr_vcpus)
		broken = "processors that it cannot tell apart";
	if (!file) {
		fprintf(stderr, "cannot write %s: %s\n", out, strerror(errno));
		return;
	}
	write_all(file);
	if (fclose(file))
		fprintf(stderr, "cannot write %s: %s\n", out, strerror(errno));
}

PLUGIN_EXPORT int qemu_plugin_install(uint64_t id, const struct qemu_info *info, int argc,
				      char **argv);

PLUGIN_EXPORT int qemu_plugin_install(uint64_t id, const struct qemu_info *info, int argc,
				      char **argv)
{
	copies = info->current >= PLUGIN_COPIES;
	for (int i = 0; i < argc; i++) {
		if (strncmp(argv[i], "out=", 4) == 0) {
			free(out);
			out = strdup(argv[i] + 4);
		} else if (strcmp(argv[i], "xen=on") == 0) {
			flow.xen = true;
		} else {
			fprintf(stderr, "pvmmu-insn: expected out=FILE or xen=on, found %s\n",
				argv[i]);
			return -1;
		}
	}
	if (!out) {
		fprintf(stderr, "pvmmu-insn: out=FILE is missing\n");
		return -1;
	}
	qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
	qemu_plugin_register_atexit_cb(id, at_exit, NULL);
	return 0;
}
