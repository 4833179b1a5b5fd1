/* Which blocks go first: fs/data/eviction.h. */

#include "eviction.h"

#include "test.h"

static void what_is_worth_least_goes_first(void **state)
{
	struct eviction_view view = {
		.count = {1, 1, 1, 1},
		.all = 100,
		.max_ahead = 75,
	};

	(void)state;
	for (int class = EVICT_FREE; class < EVICT_NONE; class ++) {
		assert_int_equal(eviction_next(&view, false), class);
		view.count[class] = 0;
	}
	assert_int_equal(eviction_next(&view, false), EVICT_NONE);
}

static void nothing_that_holds_bytes_goes_while_some_holds_none(void **state)
{
	const struct eviction_view view = {
		.count = {[EVICT_FREE] = 1, [EVICT_CONSUMED] = 12},
		.all = 100,
		.max_ahead = 75,
	};

	(void)state;
	assert_int_equal(eviction_next(&view, false), EVICT_FREE);
	assert_int_equal(eviction_next(&view, true), EVICT_FREE);
}

/* But for a stream, which leaves no more than an eighth behind it. */
static void a_stream_takes_over_what_it_has_left_behind(void **state)
{
	const struct eviction_view view = {
		.count = {[EVICT_FREE] = 80, [EVICT_CONSUMED] = 13},
		.all = 100,
		.max_ahead = 75,
	};

	(void)state;
	assert_int_equal(eviction_next(&view, false), EVICT_RECYCLED);
	assert_int_equal(eviction_next(&view, true), EVICT_RECYCLED);
}

static void what_is_fetched_ahead_takes_none_of_its_kind(void **state)
{
	struct eviction_view view = {
		.count = {[EVICT_PREFETCHED] = 30},
		.all = 100,
		.ahead = 30,
		.max_ahead = 75,
	};

	(void)state;
	assert_int_equal(eviction_next(&view, true), EVICT_NONE);
	assert_int_equal(eviction_next(&view, false), EVICT_PREFETCHED);
	assert_int_equal(eviction_available(&view, false), 30);
	assert_int_equal(eviction_available(&view, true), 0);
	view.count[EVICT_READ] = 60;
	assert_int_equal(eviction_available(&view, true), 45);
	view.ahead = 80;
	assert_int_equal(eviction_available(&view, true), 0);
}

static void how_much_is_fetched_ahead_is_found_out(void **state)
{
	const size_t all = 4096;
	size_t max = eviction_first_ahead(all);

	(void)state;
	for (size_t n = 0; n < 3 * all; n++)
		max = eviction_ahead_after_use(max, all);
	assert_int_equal(max, all / 4 * 3);
	assert_int_equal(eviction_ahead_after_loss(max, 1000, all), 500);
	for (int n = 0; n < 100; n++)
		max = eviction_ahead_after_loss(max, max, all);
	/* It never comes to nothing, from which there is no way back. */
	assert_true(max > 0 && max < 64);
	assert_int_equal(eviction_first_ahead(128), 96);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_worth_least_goes_first),
		cmocka_unit_test(
			nothing_that_holds_bytes_goes_while_some_holds_none),
		cmocka_unit_test(a_stream_takes_over_what_it_has_left_behind),
		cmocka_unit_test(what_is_fetched_ahead_takes_none_of_its_kind),
		cmocka_unit_test(how_much_is_fetched_ahead_is_found_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
