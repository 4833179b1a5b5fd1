/* How long a range may be, and what a gap costs: fs/data/throughput_estimate.h.
 */

#include "throughput_estimate.h"

#include "test.h"

enum { KIB = 1024, MIB = 1024 * 1024 };

static void what_is_not_known_limits_nothing(void **state)
{
	struct throughput_estimate estimate = {0};

	(void)state;
	assert_int_equal(throughput_estimate_range(&estimate, 8 * MIB),
			 8 * MIB);
	assert_false(throughput_estimate_is_slow(&estimate));
	assert_int_equal(throughput_estimate_gap(&estimate), 16 * KIB);
}

/* 40 MB/s a connection, 30 ms to the first byte. */
static void a_fast_line_gets_the_longest_ranges(void **state)
{
	struct throughput_estimate estimate = {0};

	(void)state;
	for (int i = 0; i < 10; i++)
		throughput_estimate_note(&estimate, 4000 * 1000, 30, 100);
	assert_int_equal(throughput_estimate_range(&estimate, 8 * MIB),
			 8 * MIB);
	assert_false(throughput_estimate_is_slow(&estimate));
	assert_in_range(throughput_estimate_gap(&estimate), 1000 * 1000, MIB);
}

/* 100 kB/s: what comes in 15 s, and no more. */
static void a_slow_line_gets_ranges_that_end_in_15_s(void **state)
{
	struct throughput_estimate estimate = {0};

	(void)state;
	for (int i = 0; i < 10; i++)
		throughput_estimate_note(&estimate, 200 * 1000, 30, 2000);
	assert_in_range(throughput_estimate_range(&estimate, 8 * MIB),
			1400 * 1000, 1600 * 1000);
	assert_true(throughput_estimate_is_slow(&estimate));
	assert_int_equal(throughput_estimate_gap(&estimate), 16 * KIB);
}

static void a_line_that_hardly_moves_gets_a_block_at_a_time(void **state)
{
	struct throughput_estimate estimate = {0};

	(void)state;
	throughput_estimate_note(&estimate, 128 * KIB, 1000, 100 * 1000);
	assert_int_equal(throughput_estimate_range(&estimate, 8 * MIB),
			 64 * KIB);
}

static void short_ranges_tell_nothing_of_the_rate(void **state)
{
	struct throughput_estimate estimate = {0};

	(void)state;
	throughput_estimate_note(&estimate, 4096, 40, 500);
	assert_int_equal(throughput_estimate_range(&estimate, 8 * MIB),
			 8 * MIB);
	assert_true(estimate.latency_ms > 39 && estimate.latency_ms < 41);
}

static void one_that_was_slow_once_recovers(void **state)
{
	struct throughput_estimate estimate = {0};

	(void)state;
	throughput_estimate_note(&estimate, 128 * KIB, 30, 100 * 1000);
	for (int i = 0; i < 20; i++)
		throughput_estimate_note(&estimate, MIB, 30, 26);
	assert_false(throughput_estimate_is_slow(&estimate));
	assert_int_equal(throughput_estimate_range(&estimate, 8 * MIB),
			 8 * MIB);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_not_known_limits_nothing),
		cmocka_unit_test(a_fast_line_gets_the_longest_ranges),
		cmocka_unit_test(a_slow_line_gets_ranges_that_end_in_15_s),
		cmocka_unit_test(
			a_line_that_hardly_moves_gets_a_block_at_a_time),
		cmocka_unit_test(short_ranges_tell_nothing_of_the_rate),
		cmocka_unit_test(one_that_was_slow_once_recovers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
