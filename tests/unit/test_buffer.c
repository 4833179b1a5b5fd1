/* Buffers: what fits, what does not, and what is left when it did not. */

#include "test.h"

#include "caifs/buffer.h"

static void is_an_empty_string_at_first(void **state)
{
	struct buffer b;

	(void)state;
	buffer_init(&b, 10);
	assert_null(b.data);
	assert_int_equal(b.size, 0);
	assert_string_equal(buffer_text(&b), "");
	assert_null(buffer_steal(&b));
	buffer_finish(&b);
}

static void keeps_bytes_and_ends_them_with_a_nul(void **state)
{
	struct buffer b;

	(void)state;
	buffer_init(&b, 100);
	assert_int_equal(buffer_append(&b, "a\0b", 3), 0);
	assert_int_equal(buffer_append_text(&b, "cd"), 0);
	assert_int_equal(b.size, 5);
	assert_memory_equal(b.data, "a\0bcd", 6);
	buffer_finish(&b);
}

static void holds_exactly_its_limit(void **state)
{
	struct buffer b;

	(void)state;
	buffer_init(&b, 4);
	assert_int_equal(buffer_append_text(&b, "abcd"), 0);
	assert_int_equal(buffer_append_text(&b, ""), 0);
	assert_string_equal(buffer_text(&b), "abcd");
	buffer_finish(&b);
}

static void refuses_more_than_its_limit_and_stays_as_it_was(void **state)
{
	struct buffer b;

	(void)state;
	buffer_init(&b, 4);
	assert_int_equal(buffer_append_text(&b, "abc"), 0);
	assert_int_equal(buffer_append_text(&b, "de"), -EMSGSIZE);
	assert_int_equal(buffer_append(&b, "x", SIZE_MAX), -EMSGSIZE);
	assert_int_equal(buffer_append(&b, "x", SIZE_MAX - 3), -EMSGSIZE);
	assert_int_equal(buffer_printf(&b, "%d", 12), -EMSGSIZE);
	assert_int_equal(buffer_append_encoded(&b, "/"), -EMSGSIZE);
	assert_int_equal(b.size, 3);
	assert_string_equal(buffer_text(&b), "abc");
	assert_int_equal(buffer_append_text(&b, "d"), 0);
	assert_string_equal(buffer_text(&b), "abcd");
	buffer_finish(&b);
}

static void grows_by_many_small_pieces(void **state)
{
	struct buffer b;

	(void)state;
	buffer_init(&b, 100000);
	for (int i = 0; i < 100000; i++)
		assert_int_equal(buffer_append(&b, &"0123456789"[i % 10], 1),
				 0);
	assert_int_equal(buffer_append(&b, "x", 1), -EMSGSIZE);
	assert_int_equal(b.size, 100000);
	for (int i = 0; i < 100000; i++)
		assert_int_equal(b.data[i], '0' + i % 10);
	assert_int_equal(b.data[100000], '\0');
	buffer_finish(&b);
}

static void formats(void **state)
{
	struct buffer b;
	char wide[400];

	(void)state;
	buffer_init(&b, 1000);
	assert_int_equal(buffer_printf(&b, "%s=%d", "a", 7), 0);
	assert_int_equal(buffer_printf(&b, "%s", ""), 0);
	assert_int_equal(buffer_printf(&b, "&%300d", 1), 0);
	snprintf(wide, sizeof(wide), "a=7&%300d", 1);
	assert_string_equal(buffer_text(&b), wide);
	assert_int_equal(b.size, strlen(wide));
	buffer_finish(&b);
}

static void encodes_all_but_unreserved_characters(void **state)
{
	static const char unreserved[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
		"0123456789-._~";
	struct buffer b;

	(void)state;
	buffer_init(&b, 1000);
	assert_int_equal(buffer_append_encoded(&b, unreserved), 0);
	assert_string_equal(buffer_text(&b), unreserved);
	buffer_clear(&b);
	assert_int_equal(buffer_append_encoded(&b, "a/b+c=d e%\x7f\n\xc3\xa9"),
			 0);
	assert_string_equal(buffer_text(&b),
			    "a%2Fb%2Bc%3Dd%20e%25%7F%0A%C3%A9");
	buffer_finish(&b);
}

static void encodes_every_byte_to_itself_or_its_number(void **state)
{
	struct buffer b;

	(void)state;
	buffer_init(&b, 4);
	for (int byte = 1; byte < 256; byte++) {
		char text[2] = {(char)byte, '\0'}, wanted[4];

		buffer_clear(&b);
		assert_int_equal(buffer_append_encoded(&b, text), 0);
		snprintf(wanted, sizeof(wanted), "%%%02X", (unsigned)byte);
		if (byte < 128 && strchr("-._~0123456789"
					 "abcdefghijklmnopqrstuvwxyz"
					 "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
					 byte))
			assert_string_equal(buffer_text(&b), text);
		else
			assert_string_equal(buffer_text(&b), wanted);
	}
	buffer_finish(&b);
}

static void forgets_bytes_when_cleared(void **state)
{
	struct buffer b;

	(void)state;
	buffer_init(&b, 4);
	assert_int_equal(buffer_append_text(&b, "abcd"), 0);
	buffer_clear(&b);
	assert_int_equal(b.size, 0);
	assert_string_equal(buffer_text(&b), "");
	assert_int_equal(buffer_append_text(&b, "efgh"), 0);
	assert_string_equal(buffer_text(&b), "efgh");
	buffer_finish(&b);
}

static void hands_its_bytes_over_and_starts_again(void **state)
{
	struct buffer b;
	char *stolen;

	(void)state;
	buffer_init(&b, 4);
	assert_int_equal(buffer_append_text(&b, "abcd"), 0);
	stolen = buffer_steal(&b);
	assert_string_equal(stolen, "abcd");
	assert_int_equal(b.size, 0);
	assert_string_equal(buffer_text(&b), "");
	assert_int_equal(buffer_append_text(&b, "efgh"), 0);
	assert_string_equal(stolen, "abcd");
	assert_int_equal(buffer_append_text(&b, "i"), -EMSGSIZE);
	free(stolen);
	buffer_finish(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(is_an_empty_string_at_first),
		cmocka_unit_test(keeps_bytes_and_ends_them_with_a_nul),
		cmocka_unit_test(holds_exactly_its_limit),
		cmocka_unit_test(
			refuses_more_than_its_limit_and_stays_as_it_was),
		cmocka_unit_test(grows_by_many_small_pieces),
		cmocka_unit_test(formats),
		cmocka_unit_test(encodes_all_but_unreserved_characters),
		cmocka_unit_test(encodes_every_byte_to_itself_or_its_number),
		cmocka_unit_test(forgets_bytes_when_cleared),
		cmocka_unit_test(hands_its_bytes_over_and_starts_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
