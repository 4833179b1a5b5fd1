/* Links from the platform: only path and query, decoded once, never trusted. */

#include "test.h"

#include "caifs/href.h"

#define PREFIX "/data/foundation/export/"

static int local(const char *href, const char **ret_text)
{
	static struct buffer out;
	int err;

	buffer_finish(&out);
	buffer_init(&out, 4096);
	err = href_local(href, PREFIX, &out);
	*ret_text = buffer_text(&out);
	return err;
}

static void assert_local(const char *href, const char *wanted)
{
	const char *text;

	if (local(href, &text))
		fail_msg("refused: %s", href);
	assert_string_equal(text, wanted);
}

static void assert_refused(const char *href)
{
	const char *text;

	if (local(href, &text) != -EBADMSG)
		fail_msg("not refused: %s", href);
}

static void takes_path_and_query_of_an_absolute_one(void **state)
{
	(void)state;
	assert_local("https://platform.adobe.io:443" PREFIX "files/a?path=b",
		     PREFIX "files/a?path=b");
	assert_local("https://platform.adobe.io" PREFIX "files/a",
		     PREFIX "files/a");
	assert_local("https://elsewhere.example" PREFIX
		     "batches/b/files?start=100&limit=100",
		     PREFIX "batches/b/files?start=100&limit=100");
	assert_local("http://127.0.0.1:8080" PREFIX "files/a",
		     PREFIX "files/a");
}

static void takes_a_relative_one(void **state)
{
	(void)state;
	assert_local(PREFIX "files/a?path=b%2Fc", PREFIX "files/a?path=b%2Fc");
}

static void keeps_the_query_as_it_is(void **state)
{
	(void)state;
	assert_local("https://h" PREFIX "files/a?path=b/c.json&x=%2B+",
		     PREFIX "files/a?path=b/c.json&x=%2B+");
}

static void appends(void **state)
{
	struct buffer out;

	(void)state;
	buffer_init(&out, 100);
	assert_int_equal(buffer_append_text(&out, "base"), 0);
	assert_int_equal(href_local(PREFIX "a", PREFIX, &out), 0);
	assert_string_equal(buffer_text(&out), "base" PREFIX "a");
	buffer_finish(&out);
}

static void refuses_other_forms(void **state)
{
	static const char *const bad[] = {
		"",
		"https://",
		"https://platform.adobe.io",
		"https:" PREFIX "a",
		"ftp://h" PREFIX "a",
		"file://" PREFIX "a",
		"gopher://h" PREFIX "a",
		"javascript:alert(1)",
		"//evil.example" PREFIX "a",
		"data/foundation/export/a",
		"?path=a",
		"#a",
		"@/dataSets/a",
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(bad); i++)
		assert_refused(bad[i]);
}

static void refuses_a_path_outside_the_prefix(void **state)
{
	(void)state;
	assert_refused("https://h/data/foundation/catalog/batches");
	assert_refused("/data/core/ups/export/jobs");
	assert_refused("/");
	assert_refused("/data/foundation/export");
	assert_refused("/DATA/FOUNDATION/EXPORT/files/a");
	assert_refused("/x?y=" PREFIX "a");
}

static void refuses_to_leave_the_prefix_by_dots(void **state)
{
	static const char *const bad[] = {
		PREFIX "../catalog/batches",
		PREFIX "files/../../catalog",
		PREFIX "..",
		PREFIX "files/..?path=a",
		PREFIX "./files",
		PREFIX "files/%2e%2e/a",
		PREFIX "files/%2E./a",
		"https://h" PREFIX "files/../x",
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(bad); i++)
		assert_refused(bad[i]);
}

static void refuses_blanks_and_control_characters(void **state)
{
	char href[] = PREFIX "files/a?b=_";

	(void)state;
	for (int c = 1; c <= 0x20; c++) {
		href[sizeof(href) - 2] = (char)c;
		assert_refused(href);
	}
	href[sizeof(href) - 2] = 0x7f;
	assert_refused(href);
	assert_refused(PREFIX "a b");
	assert_refused("https://h\r\nX: y" PREFIX "a");
	assert_refused(" " PREFIX "a");
}

/* Parameters and segments ---------------------------------------------------
 */

static void assert_parameter(const char *href, const char *wanted)
{
	struct buffer out;

	buffer_init(&out, 4096);
	if (href_parameter(href, "path", &out))
		fail_msg("no path in %s", href);
	assert_string_equal(buffer_text(&out), wanted);
	buffer_finish(&out);
}

static int parameter(const char *href, const char *name)
{
	struct buffer out;
	int err;

	buffer_init(&out, 4096);
	err = href_parameter(href, name, &out);
	buffer_finish(&out);
	return err;
}

static void decodes_a_parameter_once(void **state)
{
	(void)state;
	assert_parameter("/f?path=part-00000.parquet", "part-00000.parquet");
	assert_parameter("/f?path=row_errors%2Fconversion_errors_0.json",
			 "row_errors/conversion_errors_0.json");
	assert_parameter("/f?path=input_files/fileMetaData1.json",
			 "input_files/fileMetaData1.json");
	assert_parameter("/f?path=a%252Fb", "a%2Fb");
	assert_parameter("/f?path=%c3%A9", "é");
	assert_parameter("/f?path=", "");
	assert_parameter("/f?path=a%3Db%26c", "a=b&c");
	assert_parameter("/f?path=a=b", "a=b");
}

/* The contract knows percent-encoding only: a `+` in a part's name is one. */
static void leaves_a_plus_alone(void **state)
{
	(void)state;
	assert_parameter("/f?path=a+b", "a+b");
	assert_parameter("/f?path=a%2Bb", "a+b");
}

static void finds_a_parameter_among_others(void **state)
{
	(void)state;
	assert_parameter("/f?start=1&path=a&limit=2", "a");
	assert_parameter("/f?limit=2&path=a", "a");
	assert_parameter("/f?xpath=b&path=a", "a");
	assert_parameter("/f?paths=b&path=a", "a");
	assert_parameter("/f?&path=a", "a");
	assert_parameter("https://h:443/f?path=a#path=b", "a");
}

static void says_when_there_is_no_such_parameter(void **state)
{
	(void)state;
	assert_int_equal(parameter("/f", "path"), -ENOENT);
	assert_int_equal(parameter("/f?", "path"), -ENOENT);
	assert_int_equal(parameter("/f?x=path=1", "path"), -ENOENT);
	assert_int_equal(parameter("/path=a", "path"), -ENOENT);
	assert_int_equal(parameter("/f?Path=a", "path"), -ENOENT);
}

static void refuses_bad_escapes(void **state)
{
	static const char *const bad[] = {
		"/f?path=%",   "/f?path=a%2",	"/f?path=%zz",	  "/f?path=%2g",
		"/f?path=%00", "/f?path=a%00b", "/f?path=%2&x=1", "/f?path=%-1",
		"/f?path=%+1", "/f?path=% 1",
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(bad); i++)
		if (parameter(bad[i], "path") != -EBADMSG)
			fail_msg("not refused: %s", bad[i]);
}

static void takes_the_segment_after_a_collection(void **state)
{
	struct buffer out;

	(void)state;
	buffer_init(&out, 4096);
	assert_int_equal(href_segment("https://h:443" PREFIX
				      "files/b1-1?path=x",
				      "files", &out),
			 0);
	assert_string_equal(buffer_text(&out), "b1-1");
	buffer_clear(&out);
	assert_int_equal(href_segment(PREFIX "files/a%2Fb%2525", "files", &out),
			 0);
	assert_string_equal(buffer_text(&out), "a/b%25");
	buffer_clear(&out);
	assert_int_equal(
		href_segment(PREFIX "batches/b/files", "batches", &out), 0);
	assert_string_equal(buffer_text(&out), "b");
	buffer_finish(&out);
}

static void says_when_there_is_no_such_segment(void **state)
{
	struct buffer out;

	(void)state;
	buffer_init(&out, 4096);
	assert_int_equal(href_segment(PREFIX "batches/b", "files", &out),
			 -ENOENT);
	assert_int_equal(href_segment(PREFIX "a?x=/files/b", "files", &out),
			 -ENOENT);
	assert_int_equal(href_segment(PREFIX "files/%00", "files", &out),
			 -EBADMSG);
	assert_int_equal(href_segment(PREFIX "files/%4", "files", &out),
			 -EBADMSG);
	assert_int_equal(out.size, 0);
	buffer_finish(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(takes_path_and_query_of_an_absolute_one),
		cmocka_unit_test(takes_a_relative_one),
		cmocka_unit_test(keeps_the_query_as_it_is),
		cmocka_unit_test(appends),
		cmocka_unit_test(refuses_other_forms),
		cmocka_unit_test(refuses_a_path_outside_the_prefix),
		cmocka_unit_test(refuses_to_leave_the_prefix_by_dots),
		cmocka_unit_test(refuses_blanks_and_control_characters),
		cmocka_unit_test(decodes_a_parameter_once),
		cmocka_unit_test(leaves_a_plus_alone),
		cmocka_unit_test(finds_a_parameter_among_others),
		cmocka_unit_test(says_when_there_is_no_such_parameter),
		cmocka_unit_test(refuses_bad_escapes),
		cmocka_unit_test(takes_the_segment_after_a_collection),
		cmocka_unit_test(says_when_there_is_no_such_segment),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
