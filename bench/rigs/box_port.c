// SPDX-License-Identifier: MIT
#include "box_port.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/sha256.h"
#include "lib/text.h"

/* Limits of a header line and of a frame. */
#define HEADER_MAX 160
#define FRAME_MAX  (64u << 20)

void box_port_free(struct box_port *p)
{
	free(p->bytes);
	free(p->problem);
	*p = (struct box_port){0};
}

static void give_back(struct box_port *p)
{
	if (p->holding)
		p->bytes[p->at] = p->held;
	p->holding = false;
}

void box_port_feed(struct box_port *p, const char *bytes, size_t n)
{
	give_back(p);
	if (p->at)
		memmove(p->bytes, p->bytes + p->at, p->n - p->at);
	p->n -= p->at;
	p->at = 0;
	p->bytes = xrealloc(p->bytes, p->n + n + 1);
	memcpy(p->bytes + p->n, bytes, n);
	p->n += n;
	p->bytes[p->n] = 0;
}

static bool wrong(struct box_port *p, const char *what, const char *line)
{
	AUTO_FREE char *shown = printable(line, strnlen(line, 60));

	fail(&p->problem, "the box's port: %s: %s", what, shown);
	return false;
}

bool box_port_next(struct box_port *p, struct box_frame *f)
{
	char told[HASH_TEXT], hash[HASH_TEXT], line[HEADER_MAX];
	size_t rest, head;
	const char *end;

	give_back(p);
	rest = p->n - p->at;
	if (p->problem || !rest)
		return false;
	end = memchr(p->bytes + p->at, '\n', rest);
	if (!end)
		return rest > HEADER_MAX ? wrong(p, "no header", p->bytes + p->at) : false;
	head = (size_t)(end - p->bytes) - p->at + 1;
	if (head >= sizeof(line))
		return wrong(p, "no header", p->bytes + p->at);
	memcpy(line, p->bytes + p->at, head);
	line[head - 1] = 0;
	*f = (struct box_frame){0};
	if (sscanf(line, "pvmmu-box %15[a-z] %u %zu %64[0-9a-f]", f->kind, &f->number, &f->n,
		   told) != 4 ||
	    f->n > FRAME_MAX)
		return wrong(p, "no header", line);
	if (rest - head < f->n)
		return false;
	hash_bytes(p->bytes + p->at + head, f->n, hash);
	if (strcmp(hash, told) != 0)
		return wrong(p, "not the bytes that were sent", line);
	f->bytes = p->bytes + p->at + head;
	p->at += head + f->n;
	/* A NUL follows the last byte anyway. */
	p->held = p->bytes[p->at];
	p->holding = true;
	p->bytes[p->at] = 0;
	return true;
}
