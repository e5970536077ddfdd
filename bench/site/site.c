// SPDX-License-Identifier: MIT
#include <stdlib.h>
#include <string.h>

#include "lib/interrupt.h"
#include "lib/json.h"
#include "page.h"
#include "resultset/schema.h"
#include "verdict/badge.h"

static bool take_files(struct site *s, char **error)
{
	struct schema *schema = schema_load(s->model.root, error);

	for (size_t i = 0; i < s->model.nr_files && !*error; i++) {
		const struct site_file *f = &s->model.file[i];

		if (cancelled())
			fail(error, "interrupted: the pages are as they were before");
		else if (tree_take(&s->tree, f->raw, f->path, error))
			write_data(s, f, schema, error);
	}
	schema_free(schema);
	return !*error;
}

static void write_pages(struct site *s)
{
	const struct site_model *m = &s->model;

	for (size_t i = 0; i < m->workloads.n; i++)
		write_workload(s, m->workloads.v[i]);
	for (size_t i = 0; i < m->variants.n; i++)
		write_variant(s, m->variants.v[i]);
	write_compare(s);
	write_trend(s);
	write_environment(s);
	write_sets(s);
	write_overview(s);
}

/* A badge of the worst verdict of the site, for a README. */
static bool write_badge(struct site *s, char **error)
{
	static const char *const words[] = {"pass", "running", "inconclusive", "fail", "error"};
	const char *worst = NULL;
	const json_t *entry;
	size_t i;
	char *svg;
	bool ok;

	for (size_t w = 0; w < sizeof(words) / sizeof(*words); w++)
		json_array_foreach (s->model.verdicts, i, entry)
			if (strcmp(text_at(entry, "verdict", "verdict", NULL), words[w]) == 0)
				worst = words[w];
	svg = badge_svg(worst);
	ok = tree_write(&s->tree, "badge.svg", svg, strlen(svg), error);
	free(svg);
	return ok;
}

static bool build(struct site *s, const struct site_request *q, char **error)
{
	if (!model_make(&s->model, q, s->report, error) || !tree_open(&s->tree, q->out, error) ||
	    !write_assets(s, error) || !take_files(s, error) || !write_badge(s, error) ||
	    (q->gathered && !write_annotations(&s->model, &s->tree, error)) ||
	    !draw_charts(s, error))
		return false;
	write_pages(s);
	if (!tree_flush(&s->tree, error))
		return false;
	tree_sweep(&s->tree);
	s->report->charts = s->charts.asked;
	s->report->failed = json_object_size(s->charts.failed);
	s->report->drawn = s->charts.drawn;
	s->report->written = s->tree.written;
	s->report->removed = s->tree.removed;
	return true;
}

bool site_build(const struct site_request *q, struct site_report *report, char **error)
{
	struct site s = {.report = report, .charts = {.none = q->no_charts}};
	bool ok;

	*report = (struct site_report){0};
	ok = build(&s, q, error);
	charts_free(&s.charts);
	tree_close(&s.tree);
	strv_free(&s.coloured);
	json_decref(s.pictures);
	model_free(&s.model);
	return ok;
}

void site_report_free(struct site_report *report)
{
	strv_free(&report->notes);
	*report = (struct site_report){0};
}
