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
int qemu_plugin_version = PLUGIN_API_VERSION;

static struct flow flow;
static char *out;
static const char *broken; /* why there will be no result */

static void entered(unsigned int vcpu, void *block)
{
	if (vcpu < FLOW_MAX_VCPUS)
		flow_enter(&flow, vcpu, block);
	else
		broken = "too many processors";
}

/*
 * How many instructions the block really has. One that reaches into another page is only
 * ever a block of its own. Where it was met behind others QEMU 7.2 has left it in the list,
 * with as many of its bytes as it had read: not an instruction, says the disassembler.
 */
static size_t instructions(const struct qemu_plugin_tb *tb)
{
	size_t n = qemu_plugin_tb_n_insns(tb);
	const struct qemu_plugin_insn *last = n > 1 ? qemu_plugin_tb_get_insn(tb, n - 1) : NULL;
	uint64_t at = last ? qemu_plugin_insn_vaddr(last) : 0;
	char *text;

	if (!last || PAGE_BYTES - at % PAGE_BYTES >= INSN_BYTES)
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
		memcpy(code + bytes, qemu_plugin_insn_data(insn), size);
		length[i] = (unsigned char)size;
		bytes += size;
		qemu_plugin_register_vcpu_insn_exec_inline(insn, QEMU_PLUGIN_INLINE_ADD_U64,
							   &flow.begun, 1);
		if (i == n - 1)
			qemu_plugin_register_vcpu_mem_inline(insn, QEMU_PLUGIN_MEM_RW,
							     QEMU_PLUGIN_INLINE_ADD_U64,
							     &flow.accesses, 1);
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
	if (!file) {
		fprintf(stderr, "cannot write %s: %s\n", out, strerror(errno));
		return;
	}
	write_all(file);
	if (fclose(file))
		fprintf(stderr, "cannot write %s: %s\n", out, strerror(errno));
}

PLUGIN_EXPORT int qemu_plugin_install(uint64_t id, const void *info, int argc, char **argv);

PLUGIN_EXPORT int qemu_plugin_install(uint64_t id, const void *info, int argc, char **argv)
{
	(void)info;
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
