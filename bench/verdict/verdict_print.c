// SPDX-License-Identifier: MIT
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lib/dirtree.h"
#include "lib/figures.h"
#include "lib/json.h"
#include "lib/sha256.h"
#include "lib/table.h"
#include "lib/utf8.h"
#include "resultset/verdict_file.h"
#include "verdict.h"

/* ---- for readers ---- */

/* Further lines of one kind are only counted. */
#define SHOWN_MAX 20

/* The difference with its sign, and in percent of the base if that is not 0. The caller's. */
static char *difference_text(const struct gate_row *r, double v)
{
	char *text;
	AUTO_FREE char *percent = NULL;

	text = readable_number(v);
	if (isnan(v) || r->gate->kind == LIMIT_ABSOLUTE)
		return text;
	replace_text(&text, "%s%s", v >= 0 ? "+" : "", text);
	percent = signed_percent(100 * v / fabs(r->base));
	if (r->base != 0)
		replace_text(&text, "%s (%s %%)", text, percent);
	return text;
}

static char *interval_text(const struct gate_row *r)
{
	if (!r->interval.exists)
		return xstrdup(r->exact ? "exact" : "-");
	return readable_range(r->interval.low, r->interval.high);
}

static void print_gates(const struct verdict *r, bool all, FILE *to)
{
	static const char *const head[] = {"gate",   "workload", "variant", "base",   "new",
					   "tested", "95 % CI",	 "limit",   "verdict"};
	struct table g = {.columns = 9, .align = "lllrrrrrl"};

	table_head(&g, head);
	for (size_t i = 0; i < r->gates.nr_rows; i++) {
		const struct gate_row *row = &r->gates.row[i];

		if (row->outcome == OUTCOME_SUCCESS && !row->reason && !all)
			continue;
		table_add_all(&g, row->gate->text, row->point, row->variant, NULL);
		table_take(&g, readable_number(row->base));
		table_take(&g, readable_number(row->new));
		table_take(&g, difference_text(row, row->tested));
		table_take(&g, interval_text(row));
		table_take(&g, difference_text(row, row->limit));
		table_take(&g, xasprintf("%s%s%s", verdict_of_outcome(row->outcome),
					 row->reason ? ": " : "", row->reason ? row->reason : ""));
	}
	if (g.cells.n > g.columns) {
		table_print(&g, TABLE_TEXT, to);
		fputc('\n', to);
	}
	table_free(&g);
}

static void print_runs(const struct verdict *r, FILE *to, bool intended)
{
	size_t n = 0;

	for (size_t i = 0; i < r->declaration.ids.n; i++) {
		const struct finding *f = &r->finding[i];

		if (f->outcome == OUTCOME_SUCCESS || f->intended != intended)
			continue;
		if (n++ < SHOWN_MAX)
			fprintf(to, "%s: %s%s%s\n",
				intended		     ? "skipped by intent"
				: f->outcome == OUTCOME_SKIP ? "missing"
							     : outcome_name(f->outcome),
				f->id, f->reason ? ": " : "", f->reason ? f->reason : "");
	}
	if (n > SHOWN_MAX)
		fprintf(to, "... and %zu more\n", n - SHOWN_MAX);
}

static char *upper(const char *word)
{
	char *text = xstrdup(word);

	for (char *p = text; *p; p++)
		if (*p >= 'a' && *p <= 'z')
			*p = (char)(*p - 'a' + 'A');
	return text;
}

void verdict_print(const struct verdict *r, bool all, FILE *to)
{
	AUTO_FREE char *word = upper(verdict_of_outcome(r->outcome));
	size_t held = 0;

	if (r->gates.nr_rows)
		print_gates(r, all || r->gates.nr_rows <= SHOWN_MAX, to);
	print_runs(r, to, false);
	print_runs(r, to, true);
	for (size_t i = 0; i < r->warnings.n; i++)
		fprintf(to, "warning: %s\n", r->warnings.v[i]);
	for (size_t i = 0; i < r->notes.n; i++)
		fprintf(to, "note: %s\n", r->notes.v[i]);
	if (r->undeclared)
		fprintf(to, "note: %zu runs of the set are not declared, so not judged\n",
			r->undeclared);
	if (r->gates.skipped)
		fprintf(to, "note: gates for any workload leave out %zu cells that were skipped\n",
			r->gates.skipped);
	for (size_t i = 0; i < r->gates.nr_rows; i++)
		held += r->gates.row[i].outcome == OUTCOME_SUCCESS;
	fprintf(to, "%s: %zu of %zu declared runs (by %s) are there", word, r->successes,
		r->declaration.ids.n, r->declaration.by);
	if (r->skips)
		fprintf(to, ", %zu skipped by intent", r->skips);
	if (r->gates.n)
		fprintf(to, "; gates hold on %zu of %zu cells", held, r->gates.nr_rows);
	fputc('\n', to);
}

/* ---- for programs ---- */

static json_t *file_json(const char *path)
{
	char sha256[HASH_TEXT], *error = NULL, *name = utf8_escape(path);
	json_t *file = NULL;

	/* A pipe cannot be read a second time for its hash. */
	if (is_regular_file(path) && hash_file(path, sha256, &error))
		file = json_pack("{s:s, s:s}", "file", name, "sha256", sha256);
	free(name);
	free(error);
	return file;
}

static json_t *row_json(const struct gate_row *r)
{
	json_t *o = json_pack("{s:s, s:s, s:s, s:s*}", "gate", r->gate->text, "workload", r->point,
			      "verdict", verdict_of_outcome(r->outcome), "reason", r->reason);

	if (*r->variant)
		json_object_set_new(o, "variant", json_string(r->variant));
	if (!r->metric)
		return o;
	json_object_set_new(o, "metric", json_string(r->metric));
	json_object_set_new(o, "unit", json_string(r->unit));
	json_object_set_new(o, "exact", json_boolean(r->exact));
	json_object_set_new(o, "new_samples", json_integer((json_int_t)r->new_n));
	if (r->base_n)
		json_object_set_new(o, "base_samples", json_integer((json_int_t)r->base_n));
	json_object_set_new(o, "of",
			    json_string(r->gate->kind == LIMIT_ABSOLUTE ? "median" : "difference"));
	set_number_in(o, "base", r->base);
	set_number_in(o, "new", r->new);
	set_number_in(o, "tested", r->tested);
	set_number_in(o, "limit", r->limit);
	if (r->interval.exists) {
		set_number_in(o, "low", r->interval.low);
		set_number_in(o, "high", r->interval.high);
	}
	if (r->need)
		json_object_set_new(o, "needs", json_integer((json_int_t)r->need));
	return o;
}

static json_t *runs_json(const struct verdict *r)
{
	json_t *all = json_array();

	for (size_t i = 0; i < r->declaration.ids.n && r->finding; i++) {
		const struct finding *f = &r->finding[i];
		bool missing = f->outcome == OUTCOME_SKIP && !f->intended;

		json_array_append_new(all, json_pack("{s:s, s:s, s:s*}", "id", f->id, "status",
						     missing ? "missing" : outcome_name(f->outcome),
						     "reason", f->reason));
	}
	return all;
}

json_t *verdict_to_json(const struct verdict *r, enum exit_code code, const char *error)
{
	const char *reason = error ? error : r->reasons.n ? r->reasons.v[0] : NULL;
	json_t *v = verdict_json(code, reason, NULL);
	json_auto_t *gates = json_array();
	static const char *const names[] = {"new", "base"};

	json_object_set_new(v, "runs", runs_json(r));
	if (r->warnings.n)
		json_object_set_new(v, "warnings", json_of_texts(&r->warnings));
	if (r->reasons.n && !error)
		json_object_set_new(v, "reasons", json_of_texts(&r->reasons));
	for (int i = 0; i < 2; i++)
		if (r->file[i] && r->set[i])
			json_object_set_new(v, names[i], file_json(r->file[i]));
	if (r->noise.noise.n)
		json_object_set_new(v, "noise", file_json(r->noise.path));
	if (r->finding)
		json_object_set_new(v, "declared",
				    json_pack("{s:s, s:I, s:I, s:I, s:I}", "by", r->declaration.by,
					      "runs", (json_int_t)r->declaration.ids.n, "successes",
					      (json_int_t)r->successes, "skips",
					      (json_int_t)r->skips, "undeclared",
					      (json_int_t)r->undeclared));
	for (size_t i = 0; i < r->gates.nr_rows; i++)
		json_array_append_new(gates, row_json(&r->gates.row[i]));
	if (r->gates.n && !error)
		json_object_set(v, "gates", gates);
	return v;
}
