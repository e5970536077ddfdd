// SPDX-License-Identifier: MIT
#include "xen_log.h"

#include <stdlib.h>
#include <string.h>

#include "lib/json.h"

#define PREFIX	  "(XEN) "
#define HEAD	  "Speculative mitigation facilities:"
#define COMPLAINT "parameter \""
#define L1TF	  "PV L1TF shadowing"
#define COMPILED  "Compiled-in support"

static bool starts(const char *text, const char *with)
{
	return strncmp(text, with, strlen(with)) == 0;
}

/* The text behind the prefix and an optional time; NULL: not a line of Xen. */
static const char *said(const char *line)
{
	const char *end;

	if (!starts(line, PREFIX))
		return NULL;
	line += strlen(PREFIX);
	if (*line == '[' && (end = strstr(line, "] ")))
		line = end + 2;
	return line;
}

/* "  NAME: VALUE"; false: the block ends here. */
static bool take_mitigation(struct xen_log *log, const char *text)
{
	const char *colon = strchr(text, ':'), *value;
	AUTO_FREE char *name = NULL;
	size_t n;

	if (!starts(text, "  ") || !colon || colon == text + 2)
		return false;
	name = xstrndup(text + 2, (size_t)(colon - text - 2));
	value = colon + 1 + strspn(colon + 1, " ");
	for (n = strlen(value); n && (value[n - 1] == ' ' || value[n - 1] == '\r');)
		n--;
	json_object_set_new(log->mitigations, name, json_stringn(value, n));
	return true;
}

void xen_log_line(struct xen_log *log, const char *line)
{
	const char *text = log->closed ? NULL : said(line);

	log->within = log->within && text && take_mitigation(log, text);
	if (!text || log->within)
		return;
	if (starts(text, COMPLAINT)) {
		strv_add_distinct(&log->complaints, text);
	} else if (starts(text, HEAD)) {
		/* A log may hold several boots; the last one is the Xen that runs. */
		json_decref(log->mitigations);
		log->mitigations = json_object();
		log->within = true;
	}
}

void xen_log_text(struct xen_log *log, const char *text)
{
	AUTO_STRV struct strv lines = {0};

	strv_split(&lines, text, '\n');
	for (size_t i = 0; i < lines.n; i++) {
		AUTO_FREE char *line = printable(lines.v[i], strcspn(lines.v[i], "\r"));

		xen_log_line(log, line);
	}
}

void xen_log_free(struct xen_log *log)
{
	json_decref(log->mitigations);
	strv_free(&log->complaints);
	*log = (struct xen_log){0};
}

static bool is_in(const char *value, const char *const *words)
{
	for (; *words; words++)
		if (strcmp(value, *words) == 0)
			return true;
	return false;
}

/* A boolean as Xen reads it: 1 or 0; -1 if it is none. */
static int truth(const char *value)
{
	static const char *const yes[] = {"yes", "on", "true", "enable", "1", NULL};
	static const char *const no[] = {"no", "off", "false", "disable", "0", NULL};

	return is_in(value, yes) ? 1 : is_in(value, no) ? 0 : -1;
}

/*
 * The request of an element of an option's value for `name`: "dom0", "no-dom0", "dom0=no"; -1:
 * none.
 */
static int asked(const char *element, const char *name)
{
	bool no = starts(element, "no-");
	size_t n = strlen(name);

	element += no ? 3 : 0;
	if (!starts(element, name))
		return -1;
	if (!element[n])
		return !no;
	return element[n] == '=' && !no ? truth(element + n + 1) : -1;
}

static void ignored(struct strv *sentences, const char *word, const char *name, const char *is)
{
	AUTO_FREE char *text =
		xasprintf("Xen's command line has %s, and Xen ignores it: its log says "
			  "\"%s: %s\"",
			  word, name, is);

	strv_add_distinct(sentences, text);
}

/*
 * Checks an option that takes a boolean, or one for dom0 and one for domUs; the last word counts.
 */
static void check_domains(const char *word, const struct strv *value, const char *name,
			  const char *is, struct strv *sentences)
{
	static const struct {
		const char *option, *on, *off;
	} kinds[] = {{"dom0", "Dom0 enabled", "Dom0 disabled"},
		     {"domu", "DomU enabled", "DomU disabled"}};

	for (size_t k = 0; k < 2; k++) {
		int wanted = -1;

		for (size_t i = 0; i < value->n; i++) {
			int all = truth(value->v[i]), one = asked(value->v[i], kinds[k].option);

			wanted = all >= 0 ? all : one >= 0 ? one : wanted;
		}
		if (wanted >= 0 && strstr(is, wanted ? kinds[k].off : kinds[k].on))
			ignored(sentences, word, name, is);
	}
}

static void check_word(const char *word, const json_t *mitigations, struct strv *sentences)
{
	const char *xpti = text_at(mitigations, XEN_XPTI, NULL);
	const char *l1tf = text_at(mitigations, L1TF, NULL);
	const char *compiled = text_at(mitigations, COMPILED, NULL);
	const char *is = strchr(word, '=');
	bool no = starts(word, "no-");
	AUTO_FREE char *name = xstrndup(word + (no ? 3 : 0), is ? (size_t)(is - word) - (no ? 3 : 0)
								: strlen(word) - (no ? 3 : 0));
	AUTO_STRV struct strv value = {0};

	strv_split(&value, is ? is + 1 : no ? "no" : "yes", ',');
	if (strcmp(name, "xpti") == 0)
		check_domains(word, &value, XEN_XPTI, xpti, sentences);
	if (strcmp(name, "pv-l1tf") == 0)
		check_domains(word, &value, L1TF, l1tf, sentences);
	if (strcmp(name, "pcid") == 0 && truth(value.v[0]) == 1 && strstr(xpti, "(without PCID)"))
		ignored(sentences, word, XEN_XPTI, xpti);
	for (size_t i = 0; i < value.n && strcmp(name, "dom0") == 0; i++)
		if (asked(value.v[i], "shadow") == 1 && *compiled &&
		    !strstr(compiled, "SHADOW_PAGING"))
			ignored(sentences, word, COMPILED, compiled);
}

void xen_ignored_options(const char *command_line, const json_t *mitigations,
			 const struct strv *complaints, struct strv *sentences)
{
	AUTO_STRV struct strv words = {0};

	strv_split(&words, command_line, ' ');
	for (size_t i = 0; i < words.n; i++)
		check_word(words.v[i], mitigations, sentences);
	for (size_t i = 0; complaints && i < complaints->n; i++) {
		AUTO_FREE char *text =
			xasprintf("Xen complains of its command line: %s", complaints->v[i]);

		strv_add_distinct(sentences, text);
	}
}
