/* JSON behind its fence: the ceilings, what is no JSON, and exact numbers. */

#include "test.h"

#include "caifs/buffer.h"
#include "caifs/json.h"

static int parse(const char *text, size_t size)
{
	cJSON *root = NULL;
	int err = json_parse(text, size, &root);

	if (err)
		assert_null(root);
	else
		assert_non_null(root);
	cJSON_Delete(root);
	return err;
}

static int parse_text(const char *text)
{
	return parse(text, strlen(text));
}

static void reads_one_value(void **state)
{
	static const char *const good[] = {
		"{}",	"[]",	       "\"a\"",		"1",	   "null",
		"true", " {\"a\":1} ", "\n[1,\t2]\r\n", "[[],{}]",
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(good); i++)
		if (parse_text(good[i]) != 0)
			fail_msg("refused: %s", good[i]);
}

static void refuses_what_is_no_json(void **state)
{
	static const char *const bad[] = {
		"",
		" ",
		"{",
		"}",
		"[1,",
		"{\"a\"}",
		"{\"a\":}",
		"nul",
		"<html></html>",
		"{\"data\":[{\"name\":\"par",
		"\"open",
		"[1 2]",
		"{]",
		"[}",
		"{\"a\":[}",
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(bad); i++)
		if (parse_text(bad[i]) != -EBADMSG)
			fail_msg("not refused: %s", bad[i]);
}

static void refuses_what_follows_the_value(void **state)
{
	(void)state;
	assert_int_equal(parse_text("{\"length\":1}garbage"), -EBADMSG);
	assert_int_equal(parse_text("{}{}"), -EBADMSG);
	assert_int_equal(parse_text("{} []"), -EBADMSG);
	assert_int_equal(parse_text("1,"), -EBADMSG);
	assert_int_equal(parse_text("{}]"), -EBADMSG);
}

static void reads_no_further_than_its_size(void **state)
{
	cJSON *root = NULL;

	(void)state;
	assert_int_equal(parse("{}garbage", 2), 0);
	assert_int_equal(parse("{\"a\":12}", 4), -EBADMSG);
	assert_int_equal(json_parse("123", 2, &root), 0);
	assert_int_equal(root->valueint, 12);
	cJSON_Delete(root);
}

/* Readers differ in which of the two they take. */
static void refuses_two_members_of_one_name(void **state)
{
	static const char *const bad[] = {
		"{\"a\":1,\"a\":1}",
		"{\"a\":1,\"b\":2,\"c\":3,\"a\":4}",
		"[{\"length\":\"1\",\"name\":\"p\",\"length\":\"2\"}]",
		"{\"x\":{\"y\":[0,{\"z\":{},\"z\":[]}]}}",
		"{\"a\":1,\"\\u0061\":2}",
		"{\"\":1,\"\":2}",
	};
	static const char *const good[] = {
		"{\"a\":1,\"A\":1}",
		"{\"a\":{\"a\":{\"a\":1}},\"b\":{\"a\":1}}",
		"[{\"a\":1},{\"a\":1}]",
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(bad); i++)
		if (parse_text(bad[i]) != -EBADMSG)
			fail_msg("not refused: %s", bad[i]);
	for (size_t i = 0; i < COUNT_OF(good); i++)
		if (parse_text(good[i]) != 0)
			fail_msg("refused: %s", good[i]);
}

static void refuses_nul_bytes(void **state)
{
	static const char after[] = "{}\0garbage";
	static const char within[] = "{\"a\0b\":1}";

	(void)state;
	assert_int_equal(parse(after, sizeof(after) - 1), -EBADMSG);
	assert_int_equal(parse(after, 3), -EBADMSG);
	assert_int_equal(parse(within, sizeof(within) - 1), -EBADMSG);
}

/* A C string would end there, and two different names would be one. */
static void refuses_an_escaped_nul_in_text(void **state)
{
	cJSON *root = NULL;

	(void)state;
	if (json_parse("{\"a\":\"b\\u0000c\"}", 16, &root) == 0)
		assert_string_not_equal(json_text(root, "a", ""), "b");
	cJSON_Delete(root);
}

static int parse_nested(int depth, const char *open, const char *inner,
			const char *close)
{
	struct buffer text;
	int err;

	buffer_init(&text, 100000);
	for (int i = 0; i < depth; i++)
		assert_int_equal(buffer_append_text(&text, open), 0);
	assert_int_equal(buffer_append_text(&text, inner), 0);
	for (int i = 0; i < depth; i++)
		assert_int_equal(buffer_append_text(&text, close), 0);
	err = parse(text.data, text.size);
	buffer_finish(&text);
	return err;
}

static void is_as_deep_as_it_may_be(void **state)
{
	(void)state;
	assert_int_equal(JSON_MAX_DEPTH, 32);
	assert_int_equal(parse_nested(32, "[", "", "]"), 0);
	assert_int_equal(parse_nested(32, "{\"a\":", "1", "}"), 0);
	assert_int_equal(parse_nested(33, "[", "", "]"), -EBADMSG);
	assert_int_equal(parse_nested(33, "{\"a\":", "1", "}"), -EBADMSG);
	assert_int_equal(parse_nested(17, "[{\"a\":", "1", "}]"), -EBADMSG);
	assert_int_equal(parse_nested(10000, "[", "", "]"), -EBADMSG);
}

static void brackets_in_text_are_not_depth(void **state)
{
	char text[200];

	(void)state;
	snprintf(text, sizeof(text), "[\"%s\\\"%s\\\\\",\"%s\"]",
		 "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[",
		 "{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{", "]]]]}}}}");
	assert_int_equal(parse_text(text), 0);
}

static int parse_values(size_t count)
{
	char *text = test_alloc(count * 2 + 2), *end = text;
	int err;

	*end++ = '[';
	for (size_t i = 0; i < count; i++) {
		*end++ = '1';
		*end++ = ',';
	}
	end[-1] = ']';
	err = parse(text, (size_t)(end - text));
	free(text);
	return err;
}

static void has_as_many_values_as_it_may(void **state)
{
	(void)state;
	/* Whether the outermost counts is not said. */
	assert_int_equal(parse_values(JSON_MAX_VALUES - 2), 0);
	assert_int_equal(parse_values(JSON_MAX_VALUES + 1), -EBADMSG);
	assert_int_equal(parse_values(JSON_MAX_VALUES * 10), -EBADMSG);
}

static void empty_containers_are_values_too(void **state)
{
	struct buffer text;

	(void)state;
	buffer_init(&text, JSON_MAX_BYTES);
	assert_int_equal(buffer_append_text(&text, "["), 0);
	for (int i = 0; i < JSON_MAX_VALUES + 1; i++)
		assert_int_equal(
			buffer_append_text(&text, i % 2 ? "{}," : "[],"), 0);
	assert_int_equal(buffer_append_text(&text, "1]"), 0);
	assert_int_equal(parse(text.data, text.size), -EBADMSG);
	buffer_finish(&text);
}

static int parse_bytes(size_t size)
{
	char *text = test_alloc(size);
	int err;

	memset(text, ' ', size);
	text[0] = '[';
	text[size - 1] = ']';
	err = parse(text, size);
	free(text);
	return err;
}

static void has_as_many_bytes_as_it_may(void **state)
{
	(void)state;
	assert_int_equal(JSON_MAX_BYTES, 8 * 1024 * 1024);
	assert_int_equal(parse_bytes(JSON_MAX_BYTES), 0);
	assert_int_equal(parse_bytes(JSON_MAX_BYTES + 1), -EBADMSG);
}

/* Members ------------------------------------------------------------------ */

static cJSON *object(const char *text)
{
	cJSON *root = NULL;

	assert_int_equal(json_parse(text, strlen(text), &root), 0);
	return root;
}

static void text_is_text_or_else_the_other(void **state)
{
	cJSON *root = object("{\"name\":\"n\",\"empty\":\"\",\"number\":1,"
			     "\"object\":{},\"null\":null,\"list\":[\"x\"]}");

	(void)state;
	assert_string_equal(json_text(root, "name", "-"), "n");
	assert_string_equal(json_text(root, "empty", "-"), "");
	assert_string_equal(json_text(root, "number", "-"), "-");
	assert_string_equal(json_text(root, "object", "-"), "-");
	assert_string_equal(json_text(root, "null", "-"), "-");
	assert_string_equal(json_text(root, "list", "-"), "-");
	assert_string_equal(json_text(root, "absent", "-"), "-");
	assert_string_equal(json_text(root, "Name", "-"), "-");
	assert_null(json_text(root, "absent", NULL));
	assert_string_equal(json_text(NULL, "name", "-"), "-");
	cJSON_Delete(root);
}

static void assert_number(const char *value, int64_t wanted)
{
	char text[200];
	int64_t number = -7;
	cJSON *root;

	snprintf(text, sizeof(text), "{\"n\":%s}", value);
	root = object(text);
	if (!json_number(root, "n", &number))
		fail_msg("%s is a number", value);
	if (number != wanted)
		fail_msg("%s came out as %" PRId64, value, number);
	cJSON_Delete(root);
}

static void assert_no_number(const char *value)
{
	char text[200];
	int64_t number = -7;
	cJSON *root = NULL;

	snprintf(text, sizeof(text), "{\"n\":%s}", value);
	if (json_parse(text, strlen(text), &root) == 0 &&
	    json_number(root, "n", &number))
		fail_msg("%s was taken for %" PRId64, value, number);
	assert_int_equal(number, -7);
	cJSON_Delete(root);
}

static void strings_of_digits_are_numbers(void **state)
{
	(void)state;
	assert_number("\"0\"", 0);
	assert_number("\"16214531\"", 16214531);
	assert_number("\"9007199254740993\"", INT64_C(9007199254740993));
	assert_number("\"9223372036854775807\"", INT64_MAX);
}

static void other_strings_are_not(void **state)
{
	static const char *const bad[] = {
		"\"\"",
		"\"-1\"",
		"\"+1\"",
		"\" 1\"",
		"\"1 \"",
		"\"1.5\"",
		"\"1e3\"",
		"\"0x10\"",
		"\"abc\"",
		"\"12a\"",
		"\"9223372036854775808\"",
		"\"18446744073709551616\"",
		"\"18446744073709551617\"",
		"\"99999999999999999999999999999999999999\"",
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(bad); i++)
		assert_no_number(bad[i]);
}

static void whole_numbers_are_taken_while_they_are_exact(void **state)
{
	(void)state;
	assert_number("0", 0);
	assert_number("1583361894479", INT64_C(1583361894479));
	assert_number("4294967296", INT64_C(4294967296));
	assert_number("9007199254740991", INT64_C(9007199254740991));
	/* 2^53 is also what 2^53 + 1 is read as. */
	assert_no_number("9007199254740993");
	assert_no_number("9007199254740994");
	assert_no_number("9223372036854775807");
	assert_no_number("1e300");
	assert_no_number("1e999");
}

static void no_other_value_is_a_number(void **state)
{
	static const char *const bad[] = {"-1",	  "1.5",  "0.1", "-0.5",
					  "null", "true", "[1]", "{}",
					  "-1e3", "NaN",  "[]"};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(bad); i++)
		assert_no_number(bad[i]);
	assert_no_number("2, \"m\": 1, \"n\": \"x\"} {");
}

static void an_absent_member_is_no_number(void **state)
{
	cJSON *root = object("{\"a\":1}");
	int64_t number = -7;

	(void)state;
	assert_false(json_number(root, "b", &number));
	assert_false(json_number(NULL, "a", &number));
	assert_int_equal(number, -7);
	cJSON_Delete(root);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_one_value),
		cmocka_unit_test(refuses_what_is_no_json),
		cmocka_unit_test(refuses_what_follows_the_value),
		cmocka_unit_test(reads_no_further_than_its_size),
		cmocka_unit_test(refuses_two_members_of_one_name),
		cmocka_unit_test(refuses_nul_bytes),
		cmocka_unit_test(refuses_an_escaped_nul_in_text),
		cmocka_unit_test(is_as_deep_as_it_may_be),
		cmocka_unit_test(brackets_in_text_are_not_depth),
		cmocka_unit_test(has_as_many_values_as_it_may),
		cmocka_unit_test(empty_containers_are_values_too),
		cmocka_unit_test(has_as_many_bytes_as_it_may),
		cmocka_unit_test(text_is_text_or_else_the_other),
		cmocka_unit_test(strings_of_digits_are_numbers),
		cmocka_unit_test(other_strings_are_not),
		cmocka_unit_test(whole_numbers_are_taken_while_they_are_exact),
		cmocka_unit_test(no_other_value_is_a_number),
		cmocka_unit_test(an_absent_member_is_no_number),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
