/* Who has listed what, and which process a thread is one of. */

#include "test.h"

#include <pthread.h>
#include <unistd.h>

#include "caller.h"
#include "fake_clock.h"
#include "recent_listings.h"

static void a_listing_counts_for_its_process_and_directory(void **state)
{
	struct recent_listings listings;

	(void)state;
	recent_listings_init(&listings);
	recent_listings_note(&listings, 10, 100);
	assert_true(recent_listings_has(&listings, 10, 100));
	assert_false(recent_listings_has(&listings, 11, 100));
	assert_false(recent_listings_has(&listings, 10, 101));
	recent_listings_finish(&listings);
}

static void a_listing_is_forgotten_after_a_while(void **state)
{
	struct recent_listings listings;

	(void)state;
	recent_listings_init(&listings);
	recent_listings_note(&listings, 10, 100);
	fake_clock_advance(RECENT_LISTINGS_MS - 1);
	assert_true(recent_listings_has(&listings, 10, 100));
	fake_clock_advance(1);
	assert_false(recent_listings_has(&listings, 10, 100));
	recent_listings_note(&listings, 10, 100);
	assert_true(recent_listings_has(&listings, 10, 100));
	recent_listings_finish(&listings);
}

static void the_oldest_makes_room(void **state)
{
	struct recent_listings listings;

	(void)state;
	recent_listings_init(&listings);
	for (pid_t process = 1; process <= RECENT_LISTINGS_MAX + 1; process++)
		recent_listings_note(&listings, process, 100);
	assert_false(recent_listings_has(&listings, 1, 100));
	assert_true(recent_listings_has(&listings, 2, 100));
	assert_true(
		recent_listings_has(&listings, RECENT_LISTINGS_MAX + 1, 100));
	recent_listings_finish(&listings);
}

/* The kernel does not say who is of another PID namespace. */
static void a_process_out_of_sight_has_listed_nothing(void **state)
{
	struct recent_listings listings;

	(void)state;
	recent_listings_init(&listings);
	recent_listings_note(&listings, 0, 0);
	recent_listings_note(&listings, 0, 100);
	assert_false(recent_listings_has(&listings, 0, 100));
	assert_false(recent_listings_has(&listings, 0, 0));

	/* Nor does it take the place of one that is visible. */
	recent_listings_note(&listings, 10, 100);
	for (uint64_t at = 0; at < RECENT_LISTINGS_MAX; at++)
		recent_listings_note(&listings, 0, at);
	assert_true(recent_listings_has(&listings, 10, 100));
	recent_listings_finish(&listings);
}

static void *process_of_this_thread(void *data)
{
	*(pid_t *)data = caller_process(gettid());
	return NULL;
}

static void a_thread_is_one_of_its_process(void **state)
{
	pid_t process = 0;
	pthread_t thread;

	(void)state;
	assert_int_equal(
		pthread_create(&thread, NULL, process_of_this_thread, &process),
		0);
	pthread_join(thread, NULL);
	assert_int_equal(process, getpid());
	assert_int_equal(caller_process(0), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			a_listing_counts_for_its_process_and_directory),
		cmocka_unit_test(a_listing_is_forgotten_after_a_while),
		cmocka_unit_test(the_oldest_makes_room),
		cmocka_unit_test(a_process_out_of_sight_has_listed_nothing),
		cmocka_unit_test(a_thread_is_one_of_its_process),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
