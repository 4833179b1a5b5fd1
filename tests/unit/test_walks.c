/* Who has listed what, and which process a thread is one of. */

#include "test.h"

#include <pthread.h>
#include <unistd.h>

#include "caller.h"
#include "fake_clock.h"
#include "walks.h"

static void a_listing_counts_for_its_process_and_directory(void **state)
{
	struct walks walks;

	(void)state;
	walks_init(&walks);
	walks_note(&walks, 10, 100);
	assert_true(walks_has(&walks, 10, 100));
	assert_false(walks_has(&walks, 11, 100));
	assert_false(walks_has(&walks, 10, 101));
	walks_finish(&walks);
}

static void a_listing_is_forgotten_after_a_while(void **state)
{
	struct walks walks;

	(void)state;
	walks_init(&walks);
	walks_note(&walks, 10, 100);
	fake_clock_advance(WALKS_MS - 1);
	assert_true(walks_has(&walks, 10, 100));
	fake_clock_advance(1);
	assert_false(walks_has(&walks, 10, 100));
	walks_note(&walks, 10, 100);
	assert_true(walks_has(&walks, 10, 100));
	walks_finish(&walks);
}

static void the_oldest_makes_room(void **state)
{
	struct walks walks;

	(void)state;
	walks_init(&walks);
	for (pid_t process = 1; process <= WALKS_MOST + 1; process++)
		walks_note(&walks, process, 100);
	assert_false(walks_has(&walks, 1, 100));
	assert_true(walks_has(&walks, 2, 100));
	assert_true(walks_has(&walks, WALKS_MOST + 1, 100));
	walks_finish(&walks);
}

/* The kernel does not say who is of another PID namespace. */
static void nobody_in_particular_walks(void **state)
{
	struct walks walks;

	(void)state;
	walks_init(&walks);
	walks_note(&walks, 0, 0);
	walks_note(&walks, 0, 100);
	assert_false(walks_has(&walks, 0, 100));
	assert_false(walks_has(&walks, 0, 0));
	walks_finish(&walks);
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
		cmocka_unit_test(nobody_in_particular_walks),
		cmocka_unit_test(a_thread_is_one_of_its_process),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
