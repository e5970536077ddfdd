// SPDX-License-Identifier: MIT
/* HTML: what is written is escaped, well-formed and stays in the site; what may not be is refused.
 */
#include "host.h"

#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "site/html.h"

static void assert_page(struct html *h, const char *want)
{
	size_t n;
	char *got = html_finish(h, &n);

	assert_string_equal(got, want);
	assert_int_equal(n, strlen(want));
	free(got);
}

static void test_escaping(void **state)
{
	struct html *h = html_new();

	(void)state;
	html_open(h, "b", "title", "\"'<>&");
	html_text(h, "%s", "</b><script>\"'&amp;");
	html_close(h);
	assert_page(
		h, "<!DOCTYPE html>\n<b title=\"&quot;&#39;&lt;&gt;&amp;\">&lt;/b&gt;&lt;script&gt;"
		   "&quot;&#39;&amp;amp;</b>\n");
}

static void test_invisible(void **state)
{
	struct html *h = html_new();

	(void)state;
	html_leaf(h, "i", NULL, "%s",
		  "a\xe2\x80\xae"
		  "b\x1b\xff");
	assert_page(h, "<!DOCTYPE html>\n<i>a\\xe2\\x80\\xaeb\\x1b\\xff</i>\n");
}

static void test_elements(void **state)
{
	struct html *h = html_new();

	(void)state;
	html_open(h, "p", "class", "x y");
	html_open(h, "br");
	html_close(h);
	html_open(h, "img");
	html_attr(h, "src", "charts/%d.svg", 1);
	html_attr(h, "hidden", "hidden");
	html_close(h);
	html_link(h, "../raw/a-b.json#c", "%s", "text");
	html_open(h, "i");
	html_close(h);
	html_close(h);
	assert_page(
		h,
		"<!DOCTYPE html>\n<p class=\"x y\"><br /><img src=\"charts/1.svg\" hidden=\"hidden\" />"
		"<a href=\"../raw/a-b.json#c\">text</a><i></i></p>\n");
}

/* A mistake in the program ends it before bad markup is written. */
static int ends_with(void (*write)(struct html *h))
{
	pid_t pid = fork();
	int status;

	assert_true(pid >= 0);
	if (!pid) {
		struct html *h = html_new();

		close(STDERR_FILENO);
		html_open(h, "a");
		write(h);
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void plain(struct html *h)
{
	html_attr(h, "href", "a:b/c" + 2);
}

static void script_address(struct html *h)
{
	html_attr(h, "href", "%s", "javascript:alert(1)");
}

static void other_host(struct html *h)
{
	html_attr(h, "src", "%s", "//example.org/x.js");
}

static void back_slash(struct html *h)
{
	html_attr(h, "href", "%s", "\\\\example.org/x");
}

static void handler(struct html *h)
{
	html_attr(h, "onclick", "x()");
}

static void style(struct html *h)
{
	html_attr(h, "style", "color: red");
}

static void late(struct html *h)
{
	html_text(h, "x");
	html_attr(h, "class", "x");
}

static void in_void(struct html *h)
{
	html_open(h, "img");
	html_text(h, "x");
}

static void unfinished(struct html *h)
{
	size_t n;

	free(html_finish(h, &n));
}

static void twice(struct html *h)
{
	html_close(h);
	html_close(h);
}

static void test_refused(void **state)
{
	static void (*const wrong[])(struct html *) = {script_address, other_host, back_slash,
						       handler,	       style,	   late,
						       in_void,	       unfinished, twice};

	(void)state;
	assert_int_equal(ends_with(plain), 0);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++)
		assert_int_equal(ends_with(wrong[i]), 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_escaping),
		cmocka_unit_test(test_invisible),
		cmocka_unit_test(test_elements),
		cmocka_unit_test(test_refused),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
