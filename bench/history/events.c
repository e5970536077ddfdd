// SPDX-License-Identifier: MIT
#include "events.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lib/figures.h"
#include "lib/json.h"
#include "lib/text.h"
#include "resultset/identity.h"

/* Digits of a hash that are shown. */
#define HASH_SHOWN 12

/* Observed values that differ between any two runs. */
static const char *const fleeting[] = {"load_1min", "duration_s", "jobs", "kept_runs"};

static json_t *observed_changes(json_t *from, json_t *to)
{
	for (size_t i = 0; i < sizeof(fleeting) / sizeof(*fleeting); i++)
		json_object_del(from, fleeting[i]);
	return made_of_changes(from, to);
}

static void add(struct events *to, struct index *x, const struct history_point *before,
		const struct history_point *after, const struct change *change)
{
	json_auto_t *was = past_made_of(x, before->run), *is = past_made_of(x, after->run);
	json_auto_t *saw = past_observed(x, before->run), *sees = past_observed(x, after->run);

	to->event = xrealloc(to->event, (to->n + 1) * sizeof(*to->event));
	to->event[to->n++] = (struct event){before, after, change, made_of_changes(was, is),
					    observed_changes(saw, sees)};
}

struct events events_of(const struct track *t, struct index *x)
{
	struct events all = {0};
	size_t c = 0;

	for (size_t i = 0; i < t->n; i++) {
		if (outcome_changed(t, i))
			add(&all, x, &t->point[i - 1], &t->point[i], NULL);
		if (c < t->changes.n && t->changes.change[c].first == i) {
			const struct change *change = &t->changes.change[c++];

			add(&all, x, &t->point[change->last], &t->point[i], change);
		}
	}
	return all;
}

void events_free(struct events *e)
{
	for (size_t i = 0; i < e->n; i++) {
		json_decref(e->event[i].made);
		json_decref(e->event[i].observed);
	}
	free(e->event);
	*e = (struct events){0};
}

static char *value_text(const json_t *value)
{
	char *text =
		json_is_string(value) ? xstrdup(json_string_value(value)) : canonical_json(value);

	if (strlen(text) == 64 && strspn(text, "0123456789abcdef") == 64)
		text[HASH_SHOWN] = 0;
	if (!*text)
		replace_text(&text, "none");
	return text;
}

/* The strings of a list that another list lacks; the caller's. */
static char *only_in(const json_t *list, const json_t *other)
{
	AUTO_STRV struct strv words = {0};
	json_t *one, *twin;
	size_t i, k;
	char *text;

	json_array_foreach (list, i, one) {
		bool there = false;

		json_array_foreach (other, k, twin)
			there = there || json_equal(one, twin);
		if (!there && json_is_string(one))
			strv_add(&words, "%s", json_string_value(one));
	}
	text = words.n ? strv_join(&words, ", ") : xstrdup("nothing");
	return text;
}

static void side_texts(const json_t *change, char **from, char **to)
{
	const json_t *was = json_object_get(change, "from"), *is = json_object_get(change, "to");
	json_auto_t *a = json_loads(text_at(change, "from", NULL), 0, NULL);
	json_auto_t *b = json_loads(text_at(change, "to", NULL), 0, NULL);
	bool lists = json_is_array(a) && json_is_array(b);

	*from = lists ? only_in(a, b) : value_text(was);
	*to = lists ? only_in(b, a) : value_text(is);
}

char *changes_text(const json_t *changes)
{
	AUTO_STRV struct strv parts = {0};
	json_t *one;
	char *text;
	size_t i;

	json_array_foreach (changes, i, one) {
		AUTO_FREE char *from = NULL, *to = NULL;

		side_texts(one, &from, &to);
		strv_add(&parts, "%s %s -> %s", json_string_value(json_object_get(one, "what")),
			 from, to);
	}
	text = strv_join(&parts, "; ");
	return text;
}

static char *outcome_text(const struct past_run *r)
{
	return *r->reason ? xasprintf("%s: %s", r->outcome, r->reason) : xstrdup(r->outcome);
}

char *share_text(double from, double to)
{
	char *text;

	if (isnan(from) || isnan(to) || from == 0)
		return xstrdup("-");
	if (from == to)
		return xstrdup("=");
	text = signed_percent(100 * (to - from) / fabs(from));
	replace_text(&text, "%s %%", text);
	return text;
}

char *event_text(const struct track *t, const struct event *e)
{
	AUTO_FREE char *from = NULL, *to = NULL, *share = NULL, *percent = NULL;
	char *text;

	if (!e->change) {
		from = outcome_text(e->before->run);
		to = outcome_text(e->after->run);
		text = xasprintf("%s -> %s", from, to);
		return text;
	}
	percent = share_text(e->change->before, e->change->after);
	from = readable_number(e->change->before);
	to = readable_number(e->change->after);
	if (e->change->after == e->change->before)
		share = xstrdup("the same median of other samples");
	else if (e->change->before == 0)
		share = xstrdup(t->lower ? "worse" : "better");
	else
		share = xasprintf("%s, %s", percent,
				  (e->change->after < e->change->before) == t->lower ? "better"
										     : "worse");
	if (!isnan(e->change->p))
		replace_text(&share, "%s, p %.2g", share, e->change->p);
	text = xasprintf("%s -> %s %s (%s)", from, to, t->unit, share);
	return text;
}

char *repeat_text(const struct past_run *r)
{
	const char *dirty = strstr(r->commit, "-dirty");

	if (!*r->commit)
		return xasprintf("(unknown commit) %s", r->command);
	return xasprintf("(at commit %.*s%s) %s",
			 dirty ? (int)(dirty - r->commit) : (int)strlen(r->commit), r->commit,
			 dirty ? ", with uncommitted changes" : "", r->command);
}
