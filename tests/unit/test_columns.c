/* Which columns are wanted: fs/cli/warm/columns.h. */

#include "warm/columns.h"

#include "test.h"

static struct parquet_names *file_of(const char *const *leaves)
{
	struct parquet_names *names;
	size_t count = 0;

	while (leaves[count])
		count++;
	names = test_alloc(sizeof(*names) + count * sizeof(names->names[0]));
	names->count = count;
	for (size_t i = 0; i < count; i++)
		names->names[i] = leaves[i];
	return names;
}

static const char *const leaves[] = {"_id", "a.b.c", "a.b.d", "a.bc",
				     "ab",  "a_b",   NULL};

/* `due`: one letter a leaf, 'x' if it is wanted. */
static void chooses(const char *list, const char *due)
{
	struct columns columns;
	bool wanted[COUNT_OF(leaves) - 1];
	char found[COUNT_OF(leaves)] = "";

	columns_init(&columns);
	assert_int_equal(columns_add(&columns, list), 0);
	memset(wanted, 0xff, sizeof(wanted));
	columns_choose(&columns, file_of(leaves), wanted);
	for (size_t i = 0; i < COUNT_OF(wanted); i++)
		found[i] = wanted[i] ? 'x' : '-';
	assert_string_equal(found, due);
	columns_finish(&columns);
}

static void a_name_is_a_column_or_all_that_is_in_it(void **state)
{
	(void)state;
	chooses("_id", "x-----");
	chooses("a", "-xxx--");
	chooses("a.b", "-xx---");
	chooses("a.b.c", "-x----");
	chooses("ab", "----x-");
	chooses("a.", "------");
	chooses("A.B", "------");
	chooses("a.b.c.d", "------");
	chooses("none", "------");
}

static void several_are_added_up(void **state)
{
	(void)state;
	chooses("_id,a.bc", "x--x--");
	chooses("a,a.b,a", "-xxx--");
	chooses("none,ab", "----x-");
}

static void an_empty_name_is_refused(void **state)
{
	static const char *const wrong[] = {"", ",", "a,", ",a", "a,,b"};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(wrong); i++) {
		struct columns columns;

		columns_init(&columns);
		assert_int_equal(columns_add(&columns, wrong[i]), -EINVAL);
		columns_finish(&columns);
	}
}

static void the_first_that_no_file_has_is_told(void **state)
{
	static const char *const one[] = {"a", "b", NULL}, *const two[] = {
								   "c", NULL};
	struct columns columns;
	char there[100];
	bool wanted[2];

	(void)state;
	columns_init(&columns);
	assert_int_equal(columns_add(&columns, "a,c"), 0);
	assert_int_equal(columns_add(&columns, "d,e"), 0);
	columns_choose(&columns, file_of(one), wanted);
	assert_string_equal(columns_unknown(&columns, there, sizeof(there)),
			    "c");
	columns_choose(&columns, file_of(two), wanted);
	assert_string_equal(columns_unknown(&columns, there, sizeof(there)),
			    "d");
	assert_string_equal(there, "a, b");
	columns_finish(&columns);
}

static void when_all_are_found_none_is_told(void **state)
{
	struct columns columns;
	bool wanted[COUNT_OF(leaves) - 1];
	char there[100];

	(void)state;
	columns_init(&columns);
	assert_int_equal(columns_add(&columns, "a,ab"), 0);
	columns_choose(&columns, file_of(leaves), wanted);
	assert_null(columns_unknown(&columns, there, sizeof(there)));
	columns_finish(&columns);
}

static void what_there_is_fits_and_drives_no_terminal(void **state)
{
	static const char *const wild[] = {
		"\x1b[2Jx", "tab\there",
		"\x7f",	    "a long name of forty letters, nearly",
		"last",	    NULL};

	(void)state;
	for (size_t size = 16; size < 120; size++) {
		struct columns columns;
		char *there = test_alloc(size); /* exact, for sanitizers */
		bool wanted[COUNT_OF(wild) - 1];

		columns_init(&columns);
		assert_int_equal(columns_add(&columns, "x"), 0);
		columns_choose(&columns, file_of(wild), wanted);
		assert_string_equal(columns_unknown(&columns, there, size),
				    "x");
		assert_true(strlen(there) < size);
		for (const char *c = there; *c; c++)
			assert_true(*c >= ' ' && *c != 0x7f);
		if (size == 119)
			assert_string_equal(
				there, "?[2Jx, tab?here, ?, a long name of "
				       "forty letters, nearly, last");
		if (size == 50)
			assert_string_equal(there, "?[2Jx, tab?here, ?, ...");
		free(there);
		columns_finish(&columns);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_name_is_a_column_or_all_that_is_in_it),
		cmocka_unit_test(several_are_added_up),
		cmocka_unit_test(an_empty_name_is_refused),
		cmocka_unit_test(the_first_that_no_file_has_is_told),
		cmocka_unit_test(when_all_are_found_none_is_told),
		cmocka_unit_test(what_there_is_fits_and_drives_no_terminal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
