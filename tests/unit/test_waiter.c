/* Waiters: who is woken, in which order, and what waking may do. */

#include "test.h"

#include "caifs/container.h"
#include "caifs/waiter.h"

struct sleeper {
	struct waiter waiter;
	int number;
	int *woken; /* numbers in order of waking, ended by 0 */
};

static void note(struct waiter *waiter)
{
	struct sleeper *sleeper = container_of(waiter, struct sleeper, waiter);
	int *at = sleeper->woken;

	assert_null(waiter->list);
	while (*at)
		at++;
	*at = sleeper->number;
}

static void free_itself(struct waiter *waiter)
{
	note(waiter);
	free(container_of(waiter, struct sleeper, waiter));
}

static struct sleeper sleeper_of(int number, int *woken)
{
	return (struct sleeper){
		.waiter.wake = note,
		.number = number,
		.woken = woken,
	};
}

static void wakes_the_oldest_first(void **state)
{
	struct waiter *list = NULL, *taken = NULL;
	struct sleeper sleepers[3];
	int woken[4] = {0};

	(void)state;
	for (int i = 0; i < 3; i++) {
		sleepers[i] = sleeper_of(i + 1, woken);
		waiter_join(&list, &sleepers[i].waiter);
		assert_ptr_equal(sleepers[i].waiter.list, &list);
	}
	waiter_take_all(&list, &taken);
	assert_null(list);
	assert_int_equal(woken[0], 0);
	waiter_wake_all(taken);
	for (int i = 0; i < 3; i++)
		assert_int_equal(woken[i], i + 1);
}

static void does_not_wake_one_that_left(void **state)
{
	struct waiter *list = NULL, *taken = NULL;
	struct sleeper sleepers[3];
	int woken[4] = {0};

	(void)state;
	for (int leaving = 0; leaving < 3; leaving++) {
		memset(woken, 0, sizeof(woken));
		list = taken = NULL;
		for (int i = 0; i < 3; i++) {
			sleepers[i] = sleeper_of(i + 1, woken);
			waiter_join(&list, &sleepers[i].waiter);
		}
		waiter_leave(&sleepers[leaving].waiter);
		assert_null(sleepers[leaving].waiter.list);
		waiter_take_all(&list, &taken);
		waiter_wake_all(taken);
		for (int i = 0, at = 0; i < 3; i++)
			if (i != leaving)
				assert_int_equal(woken[at++], i + 1);
		assert_int_equal(woken[2], 0);
	}
}

static void waits_for_nothing_once_taken(void **state)
{
	struct waiter *list = NULL, *taken = NULL;
	int woken[2] = {0};
	struct sleeper sleeper = sleeper_of(1, woken);

	(void)state;
	waiter_join(&list, &sleeper.waiter);
	waiter_take_all(&list, &taken);
	assert_null(sleeper.waiter.list);
	waiter_wake_all(taken);
	assert_int_equal(woken[0], 1);
}

static void gathers_several_lists_in_order(void **state)
{
	struct waiter *first = NULL, *second = NULL, *none = NULL,
		      *taken = NULL;
	struct sleeper sleepers[4];
	int woken[5] = {0};

	(void)state;
	for (int i = 0; i < 4; i++) {
		sleepers[i] = sleeper_of(i + 1, woken);
		waiter_join(i < 2 ? &first : &second, &sleepers[i].waiter);
	}
	waiter_take_all(&first, &taken);
	waiter_take_all(&none, &taken);
	waiter_take_all(&second, &taken);
	waiter_wake_all(taken);
	for (int i = 0; i < 4; i++)
		assert_int_equal(woken[i], i + 1);
}

static void may_be_freed_by_its_waking(void **state)
{
	struct waiter *list = NULL, *taken = NULL;
	int woken[11] = {0};

	(void)state;
	for (int i = 0; i < 10; i++) {
		struct sleeper *sleeper = test_alloc(sizeof(*sleeper));

		*sleeper = sleeper_of(i + 1, woken);
		sleeper->waiter.wake = free_itself;
		waiter_join(&list, &sleeper->waiter);
	}
	waiter_take_all(&list, &taken);
	waiter_wake_all(taken);
	assert_int_equal(woken[9], 10);
}

static struct waiter *joined_by_waking;

static void join_again(struct waiter *waiter)
{
	note(waiter);
	waiter_join(&joined_by_waking, waiter);
}

static void may_wait_again_from_its_waking(void **state)
{
	struct waiter *list = NULL, *taken = NULL;
	struct sleeper sleepers[3];
	int woken[7] = {0};

	(void)state;
	for (int i = 0; i < 3; i++) {
		sleepers[i] = sleeper_of(i + 1, woken);
		sleepers[i].waiter.wake = join_again;
		waiter_join(&list, &sleepers[i].waiter);
	}
	waiter_take_all(&list, &taken);
	waiter_wake_all(taken);
	assert_int_equal(woken[2], 3);
	assert_int_equal(woken[3], 0);
	taken = NULL;
	waiter_take_all(&joined_by_waking, &taken);
	waiter_wake_all(taken);
	for (int i = 0; i < 6; i++)
		assert_int_equal(woken[i], i % 3 + 1);
}

static void waking_nobody_is_fine(void **state)
{
	(void)state;
	waiter_wake_all(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(wakes_the_oldest_first),
		cmocka_unit_test(does_not_wake_one_that_left),
		cmocka_unit_test(waits_for_nothing_once_taken),
		cmocka_unit_test(gathers_several_lists_in_order),
		cmocka_unit_test(may_be_freed_by_its_waking),
		cmocka_unit_test(may_wait_again_from_its_waking),
		cmocka_unit_test(waking_nobody_is_fine),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
