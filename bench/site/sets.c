// SPDX-License-Identifier: MIT
/* sets.html: all files, and the errors of those that cannot be used. */
#include <stdlib.h>
#include <string.h>

#include "compare/format.h"
#include "page.h"

static void render_row(struct page *p, const struct site_file *f)
{
	html_open(p->h, "tr");
	html_open(p->h, "th", "scope", "row");
	page_file(p, f);
	html_close(p->h);
	html_leaf(p->h, "td", NULL, "%s", f->created);
	page_number(p, (double)f->runs, "%lld", f->runs);
	page_number(p, (double)(f->runs - f->good), "%lld", f->runs - f->good);
	html_leaf(p->h, "td", NULL, "%s", f->tiers);
	html_leaf(p->h, "td", NULL, "%s", f->rigs);
	html_leaf(p->h, "td", NULL, "%s", f->producer);
	page_number(p, (double)f->size, "%lld", f->size / 1024);
	html_open(p->h, "td");
	page_command(p, f->command);
	html_close(p->h);
	html_close(p->h);
}

static void render_broken(struct page *p)
{
	const struct site_model *m = &p->s->model;
	bool begun = false;

	for (size_t i = 0; i < m->nr_others; i++) {
		const struct site_other *o = &m->other[i];

		if (!o->broken || o->local)
			continue;
		if (!begun) {
			html_leaf(p->h, "h2", NULL, "Files that cannot be used");
			html_leaf(
				p->h, "p", NULL,
				"They look like result sets but are not valid. The site does not use "
				"them.");
		}
		begun = true;
		html_open(p->h, "details");
		html_leaf(p->h, "summary", NULL, "%s", o->name);
		html_leaf(p->h, "pre", NULL, "%s", o->error);
		html_close(p->h);
	}
}

void write_sets(struct site *s)
{
	static const char *const heads[] = {"file", "created", "#runs", "#without a value", "tier",
					    "rig",  "version", "#KiB",	"command",	    NULL};
	const struct site_model *m = &s->model;
	struct page p =
		page_begin(s, "sets.html", "Result sets",
			   "If several sets measured the same thing, pages show the newest; the "
			   "page Trend shows them all.",
			   NULL);

	if (!m->nr_files) {
		html_leaf(p.h, "p", NULL, "There are none yet. This makes one:");
		page_command(&p, "make deps bench VARIANT=eager");
	} else {
		page_tools(&p, "table.figures tbody tr");
		page_table(&p, "figures text", true, "result sets, newest first", heads);
		for (size_t i = 0; i < m->nr_files; i++)
			render_row(&p, &m->file[i]);
		page_table_end(&p);
	}
	render_broken(&p);
	page_end(&p);
}
