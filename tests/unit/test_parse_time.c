/* Times as people and scripts write them: caifs/parse_time.h. */

#include "caifs/parse_time.h"

#include "test.h"

#define DAY_S INT64_C(86400)

struct moment {
	const char *text;
	int64_t ms;
};

static void are_moments(const struct moment *due, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		int64_t ms = -1;

		if (parse_time_moment(due[i].text, &ms) || ms != due[i].ms)
			fail_msg("'%s' is %" PRId64, due[i].text, ms);
	}
}

static void a_moment_is_rfc3339(void **state)
{
	static const struct moment due[] = {
		{"1970-01-01T00:00:00Z", 0},
		{"2024-01-23T10:00:00Z", 1706004000000},
		{"2024-01-23t10:00:00z", 1706004000000},
		{"2024-01-23 10:00:00Z", 1706004000000},
		{"2024-01-23T10:00:00.5Z", 1706004000500},
		{"2024-01-23T10:00:00.007Z", 1706004000007},
		{"2024-01-23T10:00:00.1239999999999999999999Z", 1706004000123},
		/* Ten in Paris is nine in UTC. */
		{"2024-01-23T10:00:00+01:00", 1706000400000},
		{"2024-01-23T10:00:00-05:30", 1706023800000},
		{"2024-01-23T10:00:00.25+00:00", 1706004000250},
		{"2024-02-29T00:00:00Z", 1709164800000},
		{"1969-12-31T23:59:59.5Z", -500},
	};

	(void)state;
	are_moments(due, COUNT_OF(due));
}

static void a_day_begins_in_utc(void **state)
{
	static const struct moment due[] = {
		{"2024-01-23", 1705968000000},
		{"1970-01-02", DAY_S * 1000},
	};

	(void)state;
	setenv("TZ", "America/Los_Angeles", 1);
	are_moments(due, COUNT_OF(due));
	unsetenv("TZ");
}

static void seconds_may_have_a_fraction(void **state)
{
	static const struct moment due[] = {
		{"0", 0},
		{"1706004000", 1706004000000},
		{"1706004000.25", 1706004000250},
		{"1706004000.123456789", 1706004000123},
	};

	(void)state;
	are_moments(due, COUNT_OF(due));
}

static void what_is_no_moment_is_refused(void **state)
{
	static const char *const wrong[] = {
		"",
		" ",
		"now",
		"-1",
		"+1",
		" 1706004000",
		"1706004000 ",
		"1706004000.",
		"1706004000s",
		"1.5.5",
		"99999999999999999999",
		"999999999999", /* milliseconds, surely */
		"2024-01",
		"2024-1-3",
		"24-01-23",
		" 2024-01-23",
		"2024-01-23T",
		"2024-01-23T10:00",
		"2024-01-23T10:00:00", /* where? */
		"2024-01-23T1:00:00Z",
		"2024-01-23T10:00:00.Z",
		"2024-01-23T10:00:00 Z",
		"2024-01-23T10:00:00Zulu",
		"2024-01-23T25:00:00Z",
		"2024-01-23T10:61:00Z",
		"2024-13-01",
		"2024-00-01",
		"2024-02-30",
		"2023-02-29T00:00:00Z",
		"2024-01-23x10:00:00Z",
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(wrong); i++) {
		int64_t ms;

		if (parse_time_moment(wrong[i], &ms) != -EINVAL)
			fail_msg("'%s' is %" PRId64, wrong[i], ms);
	}
}

static void a_duration_has_a_unit_or_is_seconds(void **state)
{
	static const struct moment due[] = {
		{"0", 0},
		{"90", 90000},
		{"90s", 90000},
		{"2m", 120000},
		{"3h", 10800000},
		{"1d", DAY_S * 1000},
		{"3650d", 3650 * DAY_S * 1000},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(due); i++) {
		int64_t ms = -1;

		assert_int_equal(parse_time_duration(due[i].text, &ms), 0);
		assert_true(ms == due[i].ms);
	}
}

static void what_is_no_duration_is_refused(void **state)
{
	static const char *const wrong[] = {
		"",	 "s",
		"-1",	 "+1",
		" 1",	 "1 ",
		"1w",	 "1S",
		"1ms",	 "mm",
		"1mm",	 "11y",
		"4000d", "99999999999999999999",
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(wrong); i++) {
		int64_t ms;

		if (parse_time_duration(wrong[i], &ms) != -EINVAL)
			fail_msg("'%s' is %" PRId64, wrong[i], ms);
	}
}

static void prints_utc_with_milliseconds_where_there_are_any(void **state)
{
	static const struct moment due[] = {
		{"1970-01-01T00:00:00Z", 0},
		{"2024-01-23T10:00:00Z", 1706004000000},
		{"2024-01-23T10:00:00.007Z", 1706004000007},
		{"1969-12-31T23:59:59.500Z", -500},
		{"1969-12-31T23:59:59Z", -1000},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(due); i++) {
		char text[PARSE_TIME_TEXT];
		int64_t again = -1;

		print_time_moment(due[i].ms, text);
		assert_string_equal(text, due[i].text);
		assert_int_equal(parse_time_moment(text, &again), 0);
		assert_true(again == due[i].ms);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_moment_is_rfc3339),
		cmocka_unit_test(a_day_begins_in_utc),
		cmocka_unit_test(seconds_may_have_a_fraction),
		cmocka_unit_test(what_is_no_moment_is_refused),
		cmocka_unit_test(a_duration_has_a_unit_or_is_seconds),
		cmocka_unit_test(what_is_no_duration_is_refused),
		cmocka_unit_test(
			prints_utc_with_milliseconds_where_there_are_any),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
