// SPDX-License-Identifier: MIT
#include "page.h"

#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "compare/format.h"
#include "lib/figures.h"
#include "lib/json.h"
#include "machine/xen_log.h"

/*
 * A page may use the files of the site only. Should a text from a result file ever become markup,
 * its scripts could still neither run nor connect elsewhere.
 */
static const char policy[] = "default-src 'none'; script-src 'self'; style-src 'self'; "
			     "img-src 'self'; base-uri 'none'; form-action 'none'";

static const struct {
	const char *file, *name;
} menu[] = {
	{"index.html", "Overview"},	     {"compare.html", "Compare"},  {"trend.html", "Trend"},
	{"environment.html", "Environment"}, {"sets.html", "Result sets"},
};

#define NR_MENU (sizeof(menu) / sizeof(*menu))

static void render_script(struct page *p, const char *file)
{
	html_open(p->h, "script");
	html_attr(p->h, "src", "%sassets/%s", p->up, file);
	html_close(p->h);
}

static void render_asset(struct page *p, const char *rel, const char *file)
{
	html_open(p->h, "link", "rel", rel);
	html_attr(p->h, "href", "%sassets/%s", p->up, file);
	html_close(p->h);
}

/* kind: the attribute that says what the content is. */
static void render_meta(struct page *p, const char *kind, const char *name, const char *content)
{
	html_open(p->h, "meta", kind, name, "content", content);
	html_close(p->h);
}

static void render_head(struct page *p, const char *title, const char *lead, const char *script)
{
	html_open(p->h, "head");
	html_open(p->h, "meta", "charset", "utf-8");
	html_close(p->h);
	render_meta(p, "http-equiv", "Content-Security-Policy", policy);
	render_meta(p, "name", "viewport", "width=device-width, initial-scale=1");
	render_meta(p, "name", "color-scheme", "light dark");
	render_meta(p, "name", "referrer", "no-referrer");
	render_meta(p, "name", "description", lead ? lead : title);
	html_leaf(p->h, "title", NULL, "%s - pvmmu", title);
	render_asset(p, "stylesheet", "style.css");
	render_asset(p, "stylesheet", "colours.css");
	render_asset(p, "icon", "icon.svg");
	/* Not deferred, so that a page never appears in the other theme first. */
	render_script(p, "figures.js");
	render_script(p, "site.js");
	if (script)
		render_script(p, script);
	html_close(p->h);
}

static void render_menu(struct page *p)
{
	html_open(p->h, "a", "class", "skip", "href", "#main");
	html_text(p->h, "to the contents");
	html_close(p->h);
	html_open(p->h, "header", "class", "site");
	html_open(p->h, "nav", "aria-label", "Pages");
	html_leaf(p->h, "span", "mark", "%s",
		  p->s->model.q->title ? p->s->model.q->title : "pvmmu");
	for (size_t i = 0; i < NR_MENU; i++) {
		html_open(p->h, "a");
		html_attr(p->h, "href", "%s%s", p->up, menu[i].file);
		if (strcmp(menu[i].file, p->path) == 0)
			html_attr(p->h, "aria-current", "page");
		html_text(p->h, "%s", menu[i].name);
		html_close(p->h);
	}
	html_close(p->h);
	html_close(p->h);
}

struct page page_begin(struct site *s, const char *path, const char *title, const char *lead,
		       const char *script)
{
	struct page p = {html_new(), s, xstrdup(path), strchr(path, '/') ? "../" : ""};

	html_open(p.h, "html", "lang", "en");
	render_head(&p, title, lead, script);
	html_open(p.h, "body");
	render_menu(&p);
	html_open(p.h, "main", "id", "main", "tabindex", "-1");
	html_leaf(p.h, "h1", NULL, "%s", title);
	if (lead)
		html_leaf(p.h, "p", "lead", "%s", lead);
	return p;
}

/* Xen's own message on page-table isolation in the shown runs; "": no run was on Xen. */
static char *xpti_of(const struct site_model *m)
{
	AUTO_STRV struct strv told = {0};

	for (size_t i = 0; i < m->nr_groups; i++)
		for (size_t k = 0; k < m->group[i].n; k++) {
			const json_t *xen =
				member_at(m->group[i].run[k].run, "identity", "xen", NULL);
			const char *line = text_at(xen, "mitigations", XEN_XPTI, NULL);

			if (xen)
				strv_add_distinct(&told, *line ? line : "unknown");
		}
	return strv_join(&told, " | ");
}

void page_end(struct page *p)
{
	const struct site_model *m = &p->s->model;
	AUTO_FREE char *xpti = xpti_of(m);
	char *bytes;
	size_t n;

	html_close(p->h);
	html_open(p->h, "footer", "class", "site");
	/* The page has no date of its own, so the same results give the same site. */
	if (m->nr_files)
		html_text(p->h, "%zu result set%s, the newest of %s. ", m->nr_files,
			  m->nr_files == 1 ? "" : "s", m->file[0].created);
	html_text(p->h,
		  "Values are medians; exact values are instructions of the complete machine, not "
		  "time.");
	if (*xpti)
		html_text(p->h, " XPTI in Xen: %s.", xpti);
	html_close_to(p->h, "html");
	bytes = html_finish(p->h, &n);
	tree_later(&p->s->tree, p->path, bytes, n);
	p->s->report->pages++;
	free(p->path);
}

void page_tools(struct page *p, const char *rows)
{
	html_open(p->h, "div", "class", "tools", "id", "tools");
	if (rows)
		html_attr(p->h, "data-filter", "%s", rows);
	html_close(p->h);
}

void page_link(struct page *p, const char *to, const char *fmt, ...)
{
	va_list ap;
	AUTO_FREE char *text = NULL;

	va_start(ap, fmt);
	text = xvasprintf(fmt, ap);
	va_end(ap);
	html_open(p->h, "a");
	html_attr(p->h, "href", "%s%s", p->up, to);
	html_text(p->h, "%s", text);
	html_close(p->h);
}

void page_variant(struct page *p, const struct site_group *g, const char *variant)
{
	AUTO_FREE char *class = colour_class(p->s, variant), *to = variant_page(variant);

	if (class) {
		html_open(p->h, "span");
		html_attr(p->h, "class", "swatch %s", class);
		html_close(p->h);
	}
	page_link(p, to, "%s", g ? dataset_label(&g->data, variant) : variant);
}

void page_file(struct page *p, const struct site_file *f)
{
	page_link(p, f->raw, "%s", f->name);
}

void page_command(struct page *p, const char *command)
{
	html_leaf(p->h, "code", "command", "%s", command);
}

void page_table(struct page *p, const char *class, bool sortable, const char *caption,
		const char *const *heads)
{
	html_open(p->h, "div", "class", "scroll", "tabindex", "0", "role", "group", "aria-label",
		  caption ? caption : "table");
	html_open(p->h, "table");
	html_attr(p->h, "class", "%s%s", class, sortable ? " sortable" : "");
	if (caption)
		html_leaf(p->h, "caption", NULL, "%s", caption);
	if (!heads)
		return;
	html_open(p->h, "thead");
	html_open(p->h, "tr");
	for (; *heads; heads++) {
		bool numbers = **heads == '#';

		html_open(p->h, "th", "scope", "col", "class", numbers ? "n" : NULL);
		html_text(p->h, "%s", *heads + numbers);
		html_close(p->h);
	}
	html_close_to(p->h, "thead");
	html_open(p->h, "tbody");
}

void page_table_end(struct page *p)
{
	html_close_to(p->h, "div");
}

void page_number(struct page *p, double value, const char *fmt, ...)
{
	AUTO_FREE char *all = plain_number(value), *text = NULL;
	va_list ap;

	va_start(ap, fmt);
	text = xvasprintf(fmt, ap);
	va_end(ap);
	html_open(p->h, "td", "class", "n");
	if (*all)
		html_attr(p->h, "data-v", "%s", all);
	html_text(p->h, "%s", isnan(value) ? "-" : text);
	html_close(p->h);
}

void page_value(struct page *p, double value)
{
	AUTO_FREE char *text = readable_number(value);

	page_number(p, value, "%s", text);
}

void page_ratio(struct page *p, double ratio, bool lower_is_better)
{
	AUTO_FREE char *text = ratio_words(ratio), *class = heat_class(ratio, lower_is_better);
	AUTO_FREE char *all = plain_number(ratio);

	html_open(p->h, "td");
	html_attr(p->h, "class", "n %s", class);
	html_attr(p->h, "data-v", "%s", all);
	html_text(p->h, "%s", text);
	html_close(p->h);
}

char *ratio_words(double ratio)
{
	return ratio < 10    ? readable_ratio(ratio, 2)
	       : ratio < 100 ? readable_ratio(ratio, 1)
			     : readable_number(round(ratio));
}

char *share_words(double share)
{
	double percent = fabs(share) * 100;

	return xasprintf(percent >= 10 ? "%.0f %%" : percent >= 1 ? "%.1f %%" : "%.2g %%", percent);
}

void render_best(struct page *p, const struct site_group *g, const struct site_best *b)
{
	AUTO_FREE char *share = share_words(difference_change(&b->difference));

	if (b->n > 1 && !b->next) {
		html_text(p->h, "no difference");
	} else if (b->next && b->difference.judgement != JUDGED_BETTER) {
		html_text(p->h, "not told apart: %s, %s (%s)", b->first->label, b->next->label,
			  judgement_name(b->difference.judgement));
	} else if (b->first) {
		for (size_t i = 0; i < b->ties.n; i++) {
			html_text(p->h, "%s", !i ? "" : i + 1 < b->ties.n ? ", " : " and ");
			page_variant(p, g, b->ties.v[i]);
		}
		if (b->next)
			html_text(p->h, ", %s %s than %s", share, b->first->lower ? "less" : "more",
				  b->next->label);
		else
			html_text(p->h, ", the only one");
	}
}
