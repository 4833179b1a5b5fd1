/* Content-Range as servers write it, unclamped ends and nonsense included. */

#include "test.h"

#include "range.h"

static void assert_range(const char *header, int64_t first, int64_t last,
			 int64_t total)
{
	struct content_range range;

	if (content_range_parse(header, &range))
		fail_msg("refused: %s", header);
	assert_int_equal(range.first, first);
	assert_int_equal(range.last, last);
	assert_int_equal(range.total, total);
}

static void reads_first_last_and_total(void **state)
{
	(void)state;
	assert_range("bytes 0-0/1", 0, 0, 1);
	assert_range("bytes 0-1023/4096", 0, 1023, 4096);
	assert_range("bytes 5000000000-5000000099/6000000000",
		     INT64_C(5000000000), INT64_C(5000000099),
		     INT64_C(6000000000));
}

static void takes_an_end_that_is_not_clamped(void **state)
{
	(void)state;
	assert_range("bytes 10241-20480/14156", 10241, 20480, 14156);
	assert_range("bytes 20481-30720/14156", 20481, 30720, 14156);
}

static void reads_up_to_the_largest_number(void **state)
{
	(void)state;
	assert_range("bytes 9223372036854775806-9223372036854775807/"
		     "9223372036854775807",
		     INT64_MAX - 1, INT64_MAX, INT64_MAX);
}

static void refuses_what_is_none(void **state)
{
	static const char *const bad[] = {
		"",
		"bytes",
		"bytes ",
		"bytes 0-1",
		"bytes 0-1/",
		"bytes 0-1/*",
		"bytes */100",
		"bytes -1/100",
		"bytes 0-/100",
		"bytes -5-9/100",
		"bytes 0--9/100",
		"bytes 0-9/-100",
		"bytes 9-0/100",
		"bytes a-b/c",
		"bytes 0-9/100x",
		"bytes 0-9/100 200",
		"bytes 0x0-9/100",
		"0-9/100",
		"items 0-9/100",
		"bytes=0-9/100",
		"bytes 0-9/9223372036854775808",
		"bytes 0-9223372036854775808/100",
		"bytes 18446744073709551616-18446744073709551617/100",
		"bytes 99999999999999999999999-9/100",
		"bytes 0-1/2, bytes 4-5/2",
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(bad); i++) {
		struct content_range range = {-7, -7, -7};

		if (content_range_parse(bad[i], &range) != -EBADMSG)
			fail_msg("not refused: %s", bad[i]);
		assert_int_equal(range.first, -7);
		assert_int_equal(range.last, -7);
		assert_int_equal(range.total, -7);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_first_last_and_total),
		cmocka_unit_test(takes_an_end_that_is_not_clamped),
		cmocka_unit_test(reads_up_to_the_largest_number),
		cmocka_unit_test(refuses_what_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
