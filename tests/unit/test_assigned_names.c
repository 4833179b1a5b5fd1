/* The table: a name for each dataset, a dataset for each name, for good. */

#include "test.h"

#include "assigned_names.h"

static void knows_nothing_at_first(void **state)
{
	struct assigned_names *assigned_names = assigned_names_create();

	(void)state;
	assert_non_null(assigned_names);
	assert_null(assigned_names_name(assigned_names, "id"));
	assert_null(assigned_names_id(assigned_names, "name"));
	assert_null(assigned_names_destroy(assigned_names));
}

static void finds_by_id_and_by_name(void **state)
{
	struct assigned_names *assigned_names = assigned_names_create();

	(void)state;
	assert_int_equal(assigned_names_add(assigned_names, "id-1", "name 1"),
			 0);
	assert_int_equal(assigned_names_add(assigned_names, "id-2", "id-1"), 0);
	assert_string_equal(assigned_names_name(assigned_names, "id-1"),
			    "name 1");
	assert_string_equal(assigned_names_id(assigned_names, "name 1"),
			    "id-1");
	assert_string_equal(assigned_names_name(assigned_names, "id-2"),
			    "id-1");
	assert_string_equal(assigned_names_id(assigned_names, "id-1"), "id-2");
	assert_null(assigned_names_name(assigned_names, "name 1"));
	assert_null(assigned_names_id(assigned_names, "id-2"));
	assert_null(assigned_names_id(assigned_names, "name"));
	assert_null(assigned_names_id(assigned_names, "name 11"));
	assigned_names_destroy(assigned_names);
}

static void keeps_copies(void **state)
{
	struct assigned_names *assigned_names = assigned_names_create();
	char id[] = "id-1", name[] = "name";

	(void)state;
	assert_int_equal(assigned_names_add(assigned_names, id, name), 0);
	memset(id, 'x', 4);
	memset(name, 'x', 4);
	assert_string_equal(assigned_names_name(assigned_names, "id-1"),
			    "name");
	assert_string_equal(assigned_names_id(assigned_names, "name"), "id-1");
	assigned_names_destroy(assigned_names);
}

static void holds_many(void **state)
{
	struct assigned_names *assigned_names = assigned_names_create();
	const char *first;
	char id[20], name[20];

	(void)state;
	for (int i = 0; i < 20000; i++) {
		snprintf(id, sizeof(id), "id-%d", i);
		snprintf(name, sizeof(name), "name-%d", i);
		assert_int_equal(assigned_names_add(assigned_names, id, name),
				 0);
		if (i == 0)
			first = assigned_names_name(assigned_names, "id-0");
	}
	/* What was borrowed stays where it is. */
	assert_ptr_equal(assigned_names_name(assigned_names, "id-0"), first);
	for (int i = 0; i < 20000; i++) {
		snprintf(id, sizeof(id), "id-%d", i);
		snprintf(name, sizeof(name), "name-%d", i);
		assert_string_equal(assigned_names_name(assigned_names, id),
				    name);
		assert_string_equal(assigned_names_id(assigned_names, name),
				    id);
	}
	assigned_names_destroy(assigned_names);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(knows_nothing_at_first),
		cmocka_unit_test(finds_by_id_and_by_name),
		cmocka_unit_test(keeps_copies),
		cmocka_unit_test(holds_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
