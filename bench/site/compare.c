// SPDX-License-Identifier: MIT
/* compare.html: any two result sets side by side. plots/site/compare.js fills it in. */
#include <stdlib.h>

#include "page.h"

static void render_choice(struct page *p, const char *id, const char *label, size_t chosen)
{
	const struct site_model *m = &p->s->model;

	html_open(p->h, "label");
	html_text(p->h, "%s", label);
	html_open(p->h, "select", "id", id);
	for (size_t i = 0; i < m->nr_files; i++) {
		html_open(p->h, "option", "value", m->file[i].id);
		if (i == chosen)
			html_attr(p->h, "selected", "selected");
		html_text(p->h, "%s, %s", m->file[i].created, m->file[i].name);
		html_close(p->h);
	}
	html_close(p->h);
	html_close(p->h);
}

static void render_check(struct page *p, const char *id, const char *label)
{
	html_open(p->h, "label");
	html_open(p->h, "input", "type", "checkbox", "id", id);
	html_close(p->h);
	html_text(p->h, "%s", label);
	html_close(p->h);
}

static void render_table(struct page *p)
{
	static const char *const heads[] = {"workload", "variant", "metric",	"#base", "#new",
					    "#ratio",	"#change", "judgement", "group", NULL};

	page_table(p, "figures compare", true, "what both sets have measured", heads);
	page_table_end(p);
}

void write_compare(struct site *s)
{
	const struct site_model *m = &s->model;
	AUTO_FREE char *steps = heat_steps();
	struct page p = page_begin(
		s, "compare.html", "Compare two result sets",
		"Medians side by side. Exact values repeat, so any difference is real. For other values "
		"the page says whether the 95 % intervals of the medians overlap; the command below tests.",
		"compare.js");

	if (!m->nr_files) {
		html_leaf(p.h, "p", NULL, "There are no result sets yet. This makes one:");
		page_command(&p, "make deps bench VARIANT=eager");
	} else {
		html_open(p.h, "noscript");
		html_open(p.h, "p");
		html_text(p.h, "This page needs scripts. The program does the same: ");
		page_command(&p, "build/pvmmu compare BASE.json NEW.json");
		html_close(p.h);
		html_close(p.h);
		html_open(p.h, "div", "class", "tools scripted", "id", "choose", "data-steps",
			  steps);
		render_choice(&p, "base", "Base", m->nr_files > 1 ? 1 : 0);
		render_choice(&p, "new", "New", 0);
		render_check(&p, "worse", "regressions only");
		render_check(&p, "changed", "changes only");
		html_close(p.h);
		page_tools(&p, NULL);
		html_open(p.h, "p", "id", "summary", "role", "status");
		html_close(p.h);
		html_open(p.h, "p", "id", "command");
		html_close(p.h);
		render_table(&p);
	}
	page_end(&p);
}
