// SPDX-License-Identifier: MIT
#include "perfc.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/file_write.h"
#include "lib/text.h"

/* The counters that docs/measuring.md explains. If a Xen lacks one, it is listed as missing. */
static const char *const known[] = {
	"hypercalls",
	"calls from multicall",
	"calls to mmu_update",
	"page updates",
	"mmu_updates of writable pages",
	"calls to mmuext_op",
	"mmuext ops",
	"calls to update_va_map",
	"page faults",
	"exceptions",
	"writable pt emulations",
	"PG_need_flush tlb flushes",
	"#interrupts",
	"#IPIs",
	"apic timer interrupts",
	"guest pagetable walks",
};

/*
 * By number, from xen/xen.h and the processor's manual. An unnamed element is called by its number.
 */
static const char *const hypercalls[] = {
	[0] = "set_trap_table",
	[1] = "mmu_update",
	[2] = "set_gdt",
	[3] = "stack_switch",
	[4] = "set_callbacks",
	[5] = "fpu_taskswitch",
	[7] = "platform_op",
	[8] = "set_debugreg",
	[9] = "get_debugreg",
	[10] = "update_descriptor",
	[12] = "memory_op",
	[13] = "multicall",
	[14] = "update_va_mapping",
	[15] = "set_timer_op",
	[17] = "xen_version",
	[18] = "console_io",
	[20] = "grant_table_op",
	[21] = "vm_assist",
	[22] = "update_va_mapping_otherdomain",
	[23] = "iret",
	[24] = "vcpu_op",
	[25] = "set_segment_base",
	[26] = "mmuext_op",
	[27] = "xsm_op",
	[29] = "sched_op",
	[30] = "callback_op",
	[31] = "xenoprof_op",
	[32] = "event_channel_op",
	[33] = "physdev_op",
	[34] = "hvm_op",
	[35] = "sysctl",
	[36] = "domctl",
	[37] = "kexec_op",
	[39] = "argo_op",
	[40] = "xenpmu_op",
	[41] = "dm_op",
	[42] = "hypfs_op",
};

static const char *const exceptions[] = {
	[0] = "divide_error",	     [1] = "debug",	     [2] = "nmi",
	[3] = "breakpoint",	     [4] = "overflow",	     [5] = "bound_range",
	[6] = "invalid_opcode",	     [7] = "no_device",	     [8] = "double_fault",
	[10] = "invalid_tss",	     [11] = "no_segment",    [12] = "stack_segment",
	[13] = "general_protection", [14] = "page_fault",    [16] = "fpu_error",
	[17] = "alignment_check",    [18] = "machine_check", [19] = "simd_error",
};

static const struct {
	const char *array;
	const char *const *elements;
	size_t n;
} arrays[] = {
	{"hypercalls", hypercalls, sizeof(hypercalls) / sizeof(*hypercalls)},
	{"exceptions", exceptions, sizeof(exceptions) / sizeof(*exceptions)},
};

static void add_element(json_t *array, const char *name, unsigned long i, json_int_t value)
{
	const char *element = NULL;
	char number[24];

	for (size_t k = 0; k < sizeof(arrays) / sizeof(*arrays); k++)
		if (strcmp(name, arrays[k].array) == 0 && i < arrays[k].n)
			element = arrays[k].elements[i];
	snprintf(number, sizeof(number), "%lu", i);
	json_object_set_new(array, element ? element : number, json_integer(value));
}

static bool has(const json_t *all, const char *name)
{
	json_t *zero;
	size_t i;

	json_array_foreach (json_object_get(all, "zero"), i, zero)
		if (strcmp(json_string_value(zero), name) == 0)
			return true;
	return json_object_get(json_object_get(all, "counters"), name) ||
	       json_object_get(json_object_get(all, "arrays"), name);
}

json_t *perfc_new(void)
{
	return json_pack("{s:{}, s:{}, s:[], s:[]}", "counters", "arrays", "zero", "missing");
}

void perfc_done(json_t *all)
{
	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
		if (!has(all, known[i]))
			json_array_append_new(json_object_get(all, "missing"),
					      json_string(known[i]));
}

bool perfc_add(json_t *all, const char *name, const unsigned long long *values, size_t n)
{
	json_t *array = NULL;

	if (!*name || has(all, name))
		return false;
	for (size_t i = 0; i < n; i++) {
		if (!values[i])
			continue;
		if (n == 1) {
			json_object_set_new(json_object_get(all, "counters"), name,
					    json_integer((json_int_t)values[i]));
			return true;
		}
		if (!array) {
			array = json_object();
			json_object_set_new(json_object_get(all, "arrays"), name, array);
		}
		add_element(array, name, i, (json_int_t)values[i]);
	}
	if (!array)
		json_array_append_new(json_object_get(all, "zero"), json_string(name));
	return true;
}

/* -- the guest's records ------------------------------------------------------------ */

#define ELEMENTS_MAX 65536ul

static bool is_count(const json_t *value)
{
	return json_is_integer(value) && json_integer_value(value) > 0;
}

static bool take_array(json_t *all, const char *name, const json_t *elements)
{
	json_t *array = json_object(), *value;
	const char *index;

	json_object_set_new(json_object_get(all, "arrays"), name, array);
	json_object_foreach ((json_t *)elements, index, value) {
		char *end;
		unsigned long i = strtoul(index, &end, 10);

		/* Each number has only one spelling, so that no element comes twice. */
		if (*index < '0' || *index > '9' || *end || i >= ELEMENTS_MAX ||
		    (*index == '0' && index[1]) || !is_count(value))
			return false;
		add_element(array, name, i, json_integer_value(value));
	}
	return json_object_size(elements);
}

static bool take_values(json_t *all, const json_t *values)
{
	json_t *value;
	const char *name;

	json_object_foreach ((json_t *)values, name, value) {
		if (!*name || has(all, name))
			return false;
		if (is_count(value))
			json_object_set(json_object_get(all, "counters"), name, value);
		else if (!json_is_object(value) || !take_array(all, name, value))
			return false;
	}
	return true;
}

static bool take_zero(json_t *all, const json_t *zero)
{
	json_t *name;
	size_t i;

	json_array_foreach (zero, i, name) {
		if (!json_string_length(name) || has(all, json_string_value(name)))
			return false;
		json_array_append(json_object_get(all, "zero"), name);
	}
	return true;
}

/* The error in a record, or NULL. */
static const char *take_record(json_t *all, json_t *record, bool last)
{
	json_t *values = NULL, *zero = NULL;
	json_int_t counters = 0, stretches = 0;

	if (json_unpack(record, "{s:o, s:o, s?I, s?I !}", "values", &values, "zero", &zero,
			"counters", &counters, "stretches", &stretches) ||
	    !json_is_object(values) || !json_is_array(zero))
		return "a record has the wrong shape";
	if (!take_values(all, values) || !take_zero(all, zero))
		return "a counter has no name, comes twice, or is no count";
	if (!last)
		return counters || stretches ? "records follow the last one" : NULL;
	if (counters < 1 || stretches < 1)
		return "the last record is missing";
	json_object_set_new(all, "stretches", json_integer(stretches));
	if ((size_t)counters != json_object_size(json_object_get(all, "counters")) +
					json_object_size(json_object_get(all, "arrays")) +
					json_array_size(json_object_get(all, "zero")))
		return "counters are missing";
	return NULL;
}

json_t *perfc_from_records(const json_t *records, char **error)
{
	json_t *all = perfc_new(), *record;
	const char *wrong = json_array_size(records) ? NULL : "there is none", *said;
	size_t i;

	if (json_array_size(records) == 1 &&
	    !json_unpack(json_array_get(records, 0), "{s:s !}", "unavailable", &said)) {
		fail(error, "%s", said);
		json_decref(all);
		return NULL;
	}
	json_array_foreach (records, i, record) {
		wrong = take_record(all, record, i + 1 == json_array_size(records));
		if (wrong)
			break;
	}
	if (!wrong) {
		perfc_done(all);
		return all;
	}
	json_decref(all);
	fail(error, "the guest's record of Xen's counters is wrong: %s", wrong);
	return NULL;
}

/* -- is it built in? ------------------------------------------------------------------ */

bool perfc_counts(const char *xen, char **error)
{
	/* The name of a counter that all versions have, in Xen's own table of names. */
	static const char name[] = "PG_need_flush tlb flushes";
	size_t n;
	AUTO_FREE char *bytes = read_whole_file(xen, &n, error);

	if (!bytes || !n)
		return fail(error, "cannot read %s: it is empty", xen);
	return memmem(bytes, n, name, sizeof(name)) ||
	       fail(error, "this Xen was built without counters: `make xen FLAVOUR=perfc` "
			   "builds one with them, --xen perfc boots it");
}
