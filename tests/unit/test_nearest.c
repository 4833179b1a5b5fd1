/* The word that a misspelt one may have been meant for: caifs/nearest.h. */

#include "caifs/nearest.h"

#include "test.h"

static const char *const words[] = {"memory", "timeout", "status", "warm",
				    "wait",   "doctor",	 "export", NULL};

static const char *nearest_of(const char *word, size_t length)
{
	struct nearest nearest = {.word = word, .length = length};

	for (size_t i = 0; words[i]; i++)
		nearest_offer(&nearest, words[i]);
	return nearest.best;
}

static void one_change_of_each_kind_is_near(void **state)
{
	static const char *const due[][2] = {
		{"memory", "memory"},  /* none */
		{"memary", "memory"},  /* changed */
		{"memoory", "memory"}, /* added */
		{"memry", "memory"},   /* left out */
		{"memroy", "memory"},  /* swapped */
		{"emmory", "memory"},  {"wram", "warm"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(due); i++)
		assert_string_equal(nearest_of(due[i][0], 0), due[i][1]);
}

static void more_than_a_third_is_not_near(void **state)
{
	(void)state;
	assert_string_equal(nearest_of("temeout", 0), "timeout");
	assert_string_equal(nearest_of("temeaut", 0), "timeout"); /* 2 of 7 */
	assert_null(nearest_of("tameaux", 0));			  /* 4 of 7 */
	assert_null(nearest_of("wxxm", 0));			  /* 2 of 4 */
	assert_null(nearest_of("w", 0));
	assert_null(nearest_of("", 0));
}

static void more_than_three_are_not_near_however_long(void **state)
{
	struct nearest nearest = {.word = "aaaaaaaaaaaaaaaabbbb"};

	(void)state;
	nearest_offer(&nearest, "aaaaaaaaaaaaaaaaaaaa");
	assert_null(nearest.best);
	nearest_offer(&nearest, "aaaaaaaaaaaaaaaaabbb");
	assert_non_null(nearest.best);
	nearest = (struct nearest){.word = "aaaaaaaaaaaaaaaabbb"};
	nearest_offer(&nearest, "aaaaaaaaaaaaaaaaaaa");
	assert_non_null(nearest.best);
	assert_int_equal(nearest.distance, 3);
}

static void the_nearest_wins_in_any_order(void **state)
{
	struct nearest nearest = {.word = "statuses"};

	(void)state;
	nearest_offer(&nearest, "status");
	nearest_offer(&nearest, "statused");
	nearest_offer(&nearest, "stat");
	assert_string_equal(nearest.best, "statused");
	assert_int_equal(nearest.distance, 1);
}

static void the_word_may_end_before_its_nul(void **state)
{
	(void)state;
	assert_string_equal(nearest_of("memroy=9M and more", 6), "memory");
	assert_null(nearest_of("memroy=9M and more", 0));
}

static void long_words_do_no_harm(void **state)
{
	char *word = test_alloc(4097);

	(void)state;
	memset(word, 'm', 4096);
	assert_null(nearest_of(word, 0));
	assert_null(nearest_of(word, 4096));
	for (size_t length = 48; length <= 49; length++) {
		struct nearest nearest = {.word = word, .length = length};

		nearest_offer(&nearest, word); /* that is all of it */
		assert_null(nearest.best);
		nearest_offer(&nearest, word + 4096 - length);
		assert_int_equal(nearest.best != NULL, length == 48);
	}
	free(word);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_change_of_each_kind_is_near),
		cmocka_unit_test(more_than_a_third_is_not_near),
		cmocka_unit_test(more_than_three_are_not_near_however_long),
		cmocka_unit_test(the_nearest_wins_in_any_order),
		cmocka_unit_test(the_word_may_end_before_its_nul),
		cmocka_unit_test(long_words_do_no_harm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
