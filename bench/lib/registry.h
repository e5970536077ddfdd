/* SPDX-License-Identifier: MIT */
/*
 * Things that register themselves. Each is one file that leaves a pointer in a section of the
 * program (RIG(), COLLECTOR(), ...). The linker defines symbols at both ends of a section whose
 * name is a C identifier. The order in the section has no meaning, so entries are handed out in the
 * order of their names, which are the first member of each struct.
 */
#ifndef PVMMU_BENCH_LIB_REGISTRY_H
#define PVMMU_BENCH_LIB_REGISTRY_H

#include <stdbool.h>
#include <stddef.h>

/* For the one file that asks for them: struct `type`s, in the section `section`. */
#define REGISTRY(type, section)                                                                    \
	extern const struct type *const __start_##section[];                                       \
	extern const struct type *const __stop_##section[];                                        \
	_Static_assert(offsetof(struct type, name) == 0, "the registry takes the name for the "    \
							 "first member")

/* The entry with i smaller names; NULL after the last. */
#define REGISTERED_AT(section, i) registry_at(__start_##section, __stop_##section, i)
/* NULL with *error, which calls the entry `what` and lists the valid names. */
#define REGISTERED(section, what, name, error)                                                     \
	registry_find(__start_##section, __stop_##section, what, name, error)

const void *registry_at(const void *start, const void *stop, size_t i);
const void *registry_find(const void *start, const void *stop, const char *what, const char *name,
			  char **error);

/*
 * The element of that name among n structs of `size` bytes whose first member is their name. NULL
 * with *error as above.
 */
const void *find_named(const void *first, size_t n, size_t size, const char *what, const char *name,
		       char **error);

#endif
