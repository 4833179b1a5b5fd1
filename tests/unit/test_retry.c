/* When to ask again: the jitter's bounds, and every kind of Retry-After. */

#include "test.h"

#include "random.h"
#include "retry.h"

static const int64_t now_ms = INT64_C(1700000000000); /* 2023-11-14 22:13:20 */

static void a_pause_stays_under_a_ceiling_that_doubles(void **state)
{
	static const int64_t ceilings[] = {200,	 400,  800, 1600,
					   3200, 5000, 5000};
	struct random random;

	(void)state;
	random_init(&random, "pauses");
	for (int attempt = 1; attempt <= (int)COUNT_OF(ceilings); attempt++) {
		int64_t ceiling = ceilings[attempt - 1], most = 0,
			least = INT64_MAX;

		for (int i = 0; i < 2000; i++) {
			int64_t pause = retry_delay_ms(
				attempt, (uint32_t)random_next(&random));

			assert_in_range(pause, 0, ceiling);
			most = pause > most ? pause : most;
			least = pause < least ? pause : least;
		}
		/* Full jitter uses the whole of it. */
		assert_true(most > ceiling * 9 / 10);
		assert_true(least < ceiling / 10);
	}
}

static void no_attempt_or_number_is_out_of_bounds(void **state)
{
	static const uint32_t numbers[] = {0, 1, 0x7fffffff, 0x80000000,
					   UINT32_MAX};
	static const int attempts[] = {1,  31, 32,   33,     63,
				       64, 65, 1000, 1 << 30};

	(void)state;
	for (size_t a = 0; a < COUNT_OF(attempts); a++)
		for (size_t n = 0; n < COUNT_OF(numbers); n++)
			assert_in_range(retry_delay_ms(attempts[a], numbers[n]),
					0, 5000);
}

static void seconds_are_understood(void **state)
{
	(void)state;
	assert_int_equal(retry_after_ms("0", now_ms), 0);
	assert_int_equal(retry_after_ms("1", now_ms), 1000);
	assert_int_equal(retry_after_ms("30", now_ms), 30000);
	assert_int_equal(retry_after_ms("60", now_ms), 60000);
}

static void a_long_time_is_a_minute(void **state)
{
	(void)state;
	assert_int_equal(retry_after_ms("61", now_ms), 60000);
	assert_int_equal(retry_after_ms("86400", now_ms), 60000);
	assert_int_equal(retry_after_ms("9223372036854775807", now_ms), 60000);
	assert_int_equal(retry_after_ms("9223372036854775808", now_ms), 60000);
	assert_int_equal(
		retry_after_ms("99999999999999999999999999999999", now_ms),
		60000);
}

static void dates_are_understood(void **state)
{
	(void)state;
	assert_int_equal(
		retry_after_ms("Tue, 14 Nov 2023 22:13:25 GMT", now_ms), 5000);
	assert_int_equal(
		retry_after_ms("Tue, 14 Nov 2023 22:13:20 GMT", now_ms), 0);
	assert_int_equal(
		retry_after_ms("Tue, 14 Nov 2023 23:59:59 GMT", now_ms), 60000);
	assert_int_equal(
		retry_after_ms("Fri, 31 Dec 9999 23:59:59 GMT", now_ms), 60000);
	/* More milliseconds than 63 bits hold. */
	assert_int_equal(
		retry_after_ms("Tue, 14 Nov 922337203 00:00:00 GMT", now_ms),
		60000);
}

static void a_date_gone_by_is_now(void **state)
{
	(void)state;
	assert_int_equal(
		retry_after_ms("Tue, 14 Nov 2023 22:13:19 GMT", now_ms), 0);
	assert_int_equal(
		retry_after_ms("Sun, 06 Nov 1994 08:49:37 GMT", now_ms), 0);
}

static void what_makes_no_sense_is_none(void **state)
{
	static const char *const bad[] = {"",	 "-1",	  "-86400", "soon",
					  "1x",	 "1 day", "0x10",   "+",
					  "nan", "--1"};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(bad); i++)
		if (retry_after_ms(bad[i], now_ms) != -1)
			fail_msg("\"%s\" made sense", bad[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_pause_stays_under_a_ceiling_that_doubles),
		cmocka_unit_test(no_attempt_or_number_is_out_of_bounds),
		cmocka_unit_test(seconds_are_understood),
		cmocka_unit_test(a_long_time_is_a_minute),
		cmocka_unit_test(dates_are_understood),
		cmocka_unit_test(a_date_gone_by_is_now),
		cmocka_unit_test(what_makes_no_sense_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
