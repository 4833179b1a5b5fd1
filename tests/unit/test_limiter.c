/* How hard the mount presses: fs/gateway/limiter.h. */

#include "limiter.h"

#include "test.h"

static struct limiter eight_to_32(void)
{
	struct limiter limiter;

	limiter_init(&limiter, 8, 32);
	return limiter;
}

static void begins_as_it_is_told(void **state)
{
	struct limiter limiter = eight_to_32();

	(void)state;
	assert_int_equal(limiter.limit, 8);
	assert_true(limiter.paused_until_ms <= 0);
}

static void grows_by_one_after_a_run_and_not_beyond_the_most(void **state)
{
	struct limiter limiter = eight_to_32();

	(void)state;
	for (int last = limiter.limit, i = 0; i < 100000; i++) {
		limiter_note_good(&limiter);
		assert_in_range(limiter.limit, last, last + 1);
		last = limiter.limit;
	}
	assert_int_equal(limiter.limit, 32);
}

static void a_refusal_halves_and_never_below_one(void **state)
{
	struct limiter limiter = eight_to_32();
	static const int wanted[] = {4, 2, 1, 1, 1};

	(void)state;
	for (int i = 0; i < 5; i++) {
		limiter_note_throttled(&limiter, 0, 10000 * (i + 1), 7);
		assert_int_equal(limiter.limit, wanted[i]);
	}
}

static void refusals_at_one_moment_are_one(void **state)
{
	struct limiter limiter = eight_to_32();

	(void)state;
	for (int i = 0; i < 8; i++)
		limiter_note_throttled(&limiter, 0, 5000 + i, 7);
	assert_int_equal(limiter.limit, 4);
}

static void fails_at_once_after_five_that_did_not_connect(void **state)
{
	struct limiter limiter = eight_to_32();

	(void)state;
	for (int i = 1; i <= 4; i++) {
		limiter_note_unreachable(&limiter, 1000);
		assert_int_equal(limiter.down_until_ms, 0);
	}
	limiter_note_unreachable(&limiter, 1000);
	assert_int_equal(limiter.down_until_ms, 6000);
	/* One that tries after that is enough. */
	limiter_note_unreachable(&limiter, 6001);
	assert_int_equal(limiter.down_until_ms, 11001);
	limiter_note_reached(&limiter);
	assert_int_equal(limiter.down_until_ms, 0);
	limiter_note_unreachable(&limiter, 12000);
	assert_int_equal(limiter.down_until_ms, 0);
}

static void pauses_as_long_as_it_is_told(void **state)
{
	struct limiter limiter = eight_to_32();

	(void)state;
	limiter_note_throttled(&limiter, 3000, 1000, 7);
	assert_int_equal(limiter.paused_until_ms, 4000);
	/* A shorter word does not shorten it. */
	limiter_note_throttled(&limiter, 10, 1100, 7);
	assert_int_equal(limiter.paused_until_ms, 4000);
}

static void pauses_on_its_own_and_longer_each_time(void **state)
{
	(void)state;
	for (uint32_t random = 0; random < 1000; random += 13) {
		struct limiter limiter = eight_to_32();

		limiter_note_throttled(&limiter, -1, 1000, random);
		assert_in_range(limiter.paused_until_ms, 1001, 1200);
		limiter_note_throttled(&limiter, -1, 9000, random);
		assert_in_range(limiter.paused_until_ms, 9001, 9400);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(begins_as_it_is_told),
		cmocka_unit_test(
			grows_by_one_after_a_run_and_not_beyond_the_most),
		cmocka_unit_test(a_refusal_halves_and_never_below_one),
		cmocka_unit_test(refusals_at_one_moment_are_one),
		cmocka_unit_test(fails_at_once_after_five_that_did_not_connect),
		cmocka_unit_test(pauses_as_long_as_it_is_told),
		cmocka_unit_test(pauses_on_its_own_and_longer_each_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
