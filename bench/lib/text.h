/* SPDX-License-Identifier: MIT */
/*
 * Strings for a short-lived program: allocation never fails (the program ends
 * with a message and exit code 4 instead), and what a function returns as
 * char * belongs to the caller.
 */
#ifndef PVMMU_BENCH_LIB_TEXT_H
#define PVMMU_BENCH_LIB_TEXT_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

#define PRINTF_LIKE(fmt, args) __attribute__((format(printf, fmt, args)))

/*
 * Goes before a local variable: the variable is freed wherever its block ends, also by return.
 * Initialise it where it is declared. AUTO_FREE is for a pointer to malloc()ed memory, AUTO_STRV
 * for a struct strv; jansson has json_auto_t.
 */
#define AUTO_FREE __attribute__((cleanup(free_pointer_at)))
#define AUTO_STRV __attribute__((cleanup(strv_free)))
void free_pointer_at(void *pointer);

/*
 * Ends the program with a message and exit code 4, as the functions below do when memory runs out.
 */
_Noreturn void out_of_memory(void);
void *xcalloc(size_t n, size_t size);
void *xrealloc(void *p, size_t size);
char *xstrdup(const char *s);
char *xstrndup(const char *s, size_t n);
char *xasprintf(const char *fmt, ...) PRINTF_LIKE(1, 2);
char *xvasprintf(const char *fmt, va_list ap) PRINTF_LIKE(1, 0);

/* Replaces *s, freeing what was there. The arguments may refer to the old *s. */
void replace_text(char **s, const char *fmt, ...) PRINTF_LIKE(2, 3);

/*
 * Sets *error to a message and returns false: `return fail(error, "...")`. An earlier message
 * stays. error may be NULL.
 */
bool fail(char **error, const char *fmt, ...) PRINTF_LIKE(2, 3);

/*
 * The same if the command line is wrong, as opposed to a file or this machine. is_mistake() is true
 * for that very message, and false for a longer one made of it.
 */
bool mistake(char **error, const char *fmt, ...) PRINTF_LIKE(2, 3);
bool is_mistake(const char *error);

/*
 * Prints a line on stderr, "pvmmu: " in front. Characters that would disturb a terminal are escaped
 * (utf8.h).
 */
void complain(const char *fmt, ...) PRINTF_LIKE(1, 2);

/* A growing list of owned strings, always followed by NULL (so v is an argv). */
struct strv {
	char **v;
	size_t n;
};

void strv_add(struct strv *list, const char *fmt, ...) PRINTF_LIKE(2, 3);
/* Adds words as they are; NULL ends them. */
void strv_add_words(struct strv *list, ...) __attribute__((sentinel));
/* Adds an option of a command and, as a word of its own, the option's value. */
void strv_add_option(struct strv *list, const char *option, const char *fmt, ...) PRINTF_LIKE(3, 4);
bool strv_has(const struct strv *list, const char *text);
/* Adds the text unless the list has it. */
void strv_add_distinct(struct strv *list, const char *text);
/* The place of a text in the list; list->n if it is not there. */
size_t strv_find(const struct strv *list, const char *text);
void strv_free(struct strv *list);
char *strv_join(const struct strv *list, const char *between);
/* Splits at each occurrence of sep; empty pieces are kept. */
void strv_split(struct strv *list, const char *text, char sep);

/* The word in quotes: one word for every shell, whatever bytes it has. */
char *shell_word(const char *word);

/* QEMU ends an option's value at a comma; a doubled one stands for itself. */
char *double_commas(const char *text);

/* The words of an argv as one would type them in a shell, in printable UTF-8 (utf8.h). */
char *shell_join(const struct strv *argv);

/* The candidate closest to the word; NULL if none is close enough. Borrowed from the list. */
const char *did_you_mean(const char *word, const struct strv *candidates);

/* Copies n bytes; all but printable ASCII and tabs become '?'. */
char *printable(const char *bytes, size_t n);

/* Whether word is one of the space-separated words. */
bool word_in(const char *word, const char *words);

/* "unknown KIND "x"; did you mean "y"? valid: ..." in *error; returns false. */
bool unknown_name(char **error, const char *kind, const char *name, const struct strv *valid);

/* The place of a word in a list like "text,md,json"; -1 with the same *error: it is not there. */
int choose_word(const char *list, const char *kind, const char *word, char **error);

#endif
