// SPDX-License-Identifier: MIT
/*
 * Scripts. A file that begins with "#!" names the program that interprets it, and
 * optionally one argument: the rest of the line, blanks included. The interpreter may be a
 * script too.
 */
#include "lib/string.h"
#include "mm/inode.h"
#include "proc/image.h"

#define LINE_MAX 255

bool script_is(const struct image *im)
{
	return im->ehdr.e_ident[0] == '#' && im->ehdr.e_ident[1] == '!';
}

static bool put_in_front(struct script *s, const char *string)
{
	size_t n = strlen(string) + 1;

	if (n > s->at)
		return false;
	s->at -= n;
	s->n++;
	memcpy(s->text + s->at, string, n);
	return true;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static char *skip_blanks(char *p)
{
	while (is_blank(*p))
		p++;
	return p;
}

/* Removes trailing blanks. */
static void cut_blanks(char *p)
{
	size_t n = strlen(p);

	while (n && is_blank(p[n - 1]))
		p[--n] = '\0';
}

const char *script_interpreter(struct script *s, const struct image *im, const char *path)
{
	char line[LINE_MAX + 1], *name, *end, *argument;
	size_t n = inode_read(im->file, line, 0, LINE_MAX);

	line[n] = '\0';
	end = strchr(line, '\n');
	if (end)
		*end = '\0';
	name = skip_blanks(line + 2);
	for (end = name; *end && !is_blank(*end); end++)
		;
	if (end == name || end == line + LINE_MAX)
		return NULL; /* no name, or an incomplete one */
	argument = skip_blanks(end);
	*end = '\0';
	cut_blanks(argument);
	/* If the interpreter is a script itself, its name is already at the front. */
	if (!s->n && !put_in_front(s, path))
		return NULL;
	if ((*argument && !put_in_front(s, argument)) || !put_in_front(s, name))
		return NULL;
	return s->text + s->at;
}
