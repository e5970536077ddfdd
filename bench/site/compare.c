// SPDX-License-Identifier: MIT
/* compare.html: any two result sets beside each other. plots/site/compare.js fills it in. */
#include <stdlib.h>

#include "page.h"

static void put_choice(struct page *p, const char *id, const char *label, size_t chosen)
{
	const struct site_model *m = &p->s->model;

	html_open(p->h, "label");
	html_text(p->h, "%s", label);
	html_open(p->h, "select");
	html_attr(p->h, "id", "%s", id);
	for (size_t i = 0; i < m->nr_files; i++) {
		html_open(p->h, "option");
		html_attr(p->h, "value", "%s", m->file[i].id);
		if (i == chosen)
			html_flag(p->h, "selected");
		html_text(p->h, "%s, %s", m->file[i].created, m->file[i].name);
		html_close(p->h);
	}
	html_close(p->h);
	html_close(p->h);
}

static void put_check(struct page *p, const char *id, const char *label)
{
	html_open(p->h, "label");
	html_open(p->h, "input");
	html_attr(p->h, "type", "checkbox");
	html_attr(p->h, "id", "%s", id);
	html_close(p->h);
	html_text(p->h, "%s", label);
	html_close(p->h);
}

static void put_table(struct page *p)
{
	static const char *const heads[] = {"workload", "variant", "metric",	"#base", "#new",
					    "#ratio",	"#change", "judgement", "group", NULL};

	page_table(p, "figures compare", true, "what both sets have measured");
	html_open(p->h, "thead");
	page_heads(p, heads);
	html_close(p->h);
	html_leaf(p->h, "tbody", NULL, "%s", "");
	page_table_end(p);
}

void write_compare(struct site *s)
{
	const struct site_model *m = &s->model;
	AUTO_FREE char *steps = heat_steps();
	struct page p = page_begin(
		s, "compare.html", "Compare two result sets",
		"Medians side by side. Exact figures repeat, so any difference is one. Of others it is "
		"said whether the 95 % intervals of the medians lie apart; the command below tests.",
		"compare.js");

	if (!m->nr_files) {
		html_leaf(p.h, "p", NULL, "There are no result sets yet. This makes one:");
		page_command(&p, "make deps bench VARIANT=eager");
	} else {
		html_open(p.h, "noscript");
		html_open(p.h, "p");
		html_text(p.h, "Without scripts this page cannot do it; the program can: ");
		page_command(&p, "build/pvmmu compare BASE.json NEW.json");
		html_close(p.h);
		html_close(p.h);
		html_open_class(p.h, "div", "tools scripted");
		html_attr(p.h, "id", "choose");
		html_attr(p.h, "data-steps", "%s", steps);
		put_choice(&p, "base", "Base", m->nr_files > 1 ? 1 : 0);
		put_choice(&p, "new", "New", 0);
		put_check(&p, "worse", "regressions only");
		put_check(&p, "changed", "changes only");
		html_close(p.h);
		page_tools(&p, NULL);
		html_open(p.h, "p");
		html_attr(p.h, "id", "summary");
		html_attr(p.h, "role", "status");
		html_text(p.h, "%s", "");
		html_close(p.h);
		html_open(p.h, "p");
		html_attr(p.h, "id", "command");
		html_text(p.h, "%s", "");
		html_close(p.h);
		put_table(&p);
	}
	page_end(&p);
}
