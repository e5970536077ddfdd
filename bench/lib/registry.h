/* SPDX-License-Identifier: MIT */
/*
 * Things that register themselves: each is one file that leaves a pointer in a section of the
 * program (RIG(), COLLECTOR(), ...), and around a section whose name could be one of C's the linker
 * defines where it starts and stops. In which order it puts them means nothing, so they are handed
 * out by their names, which is the first member of each.
 */
#ifndef PVMMU_BENCH_LIB_REGISTRY_H
#define PVMMU_BENCH_LIB_REGISTRY_H

#include <stdbool.h>
#include <stddef.h>

/* In the one file that asks for them: struct `type`s, in the section `section`. */
#define REGISTRY(type, section)                                                                    \
	extern const struct type *const __start_##section[];                                       \
	extern const struct type *const __stop_##section[];                                        \
	_Static_assert(offsetof(struct type, name) == 0, "the registry takes the name for the "    \
							 "first member")

/* The one with i smaller names; NULL after the last. */
#define REGISTERED_AT(section, i) registry_at(__start_##section, __stop_##section, i)
/* NULL with *error, which calls it `what`, and names the valid ones. */
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
