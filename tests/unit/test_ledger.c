/* The ledger: a name for each dataset, a dataset for each name, for good. */

#include "test.h"

#include "ledger.h"

static void knows_nothing_at_first(void **state)
{
	struct ledger *ledger = ledger_create();

	(void)state;
	assert_non_null(ledger);
	assert_null(ledger_name(ledger, "id"));
	assert_null(ledger_id(ledger, "name"));
	assert_null(ledger_destroy(ledger));
}

static void finds_by_id_and_by_name(void **state)
{
	struct ledger *ledger = ledger_create();

	(void)state;
	assert_int_equal(ledger_add(ledger, "id-1", "name 1"), 0);
	assert_int_equal(ledger_add(ledger, "id-2", "id-1"), 0);
	assert_string_equal(ledger_name(ledger, "id-1"), "name 1");
	assert_string_equal(ledger_id(ledger, "name 1"), "id-1");
	assert_string_equal(ledger_name(ledger, "id-2"), "id-1");
	assert_string_equal(ledger_id(ledger, "id-1"), "id-2");
	assert_null(ledger_name(ledger, "name 1"));
	assert_null(ledger_id(ledger, "id-2"));
	assert_null(ledger_id(ledger, "name"));
	assert_null(ledger_id(ledger, "name 11"));
	ledger_destroy(ledger);
}

static void keeps_copies(void **state)
{
	struct ledger *ledger = ledger_create();
	char id[] = "id-1", name[] = "name";

	(void)state;
	assert_int_equal(ledger_add(ledger, id, name), 0);
	memset(id, 'x', 4);
	memset(name, 'x', 4);
	assert_string_equal(ledger_name(ledger, "id-1"), "name");
	assert_string_equal(ledger_id(ledger, "name"), "id-1");
	ledger_destroy(ledger);
}

static void holds_many(void **state)
{
	struct ledger *ledger = ledger_create();
	const char *first;
	char id[20], name[20];

	(void)state;
	for (int i = 0; i < 20000; i++) {
		snprintf(id, sizeof(id), "id-%d", i);
		snprintf(name, sizeof(name), "name-%d", i);
		assert_int_equal(ledger_add(ledger, id, name), 0);
		if (i == 0)
			first = ledger_name(ledger, "id-0");
	}
	/* What was borrowed stays where it is. */
	assert_ptr_equal(ledger_name(ledger, "id-0"), first);
	for (int i = 0; i < 20000; i++) {
		snprintf(id, sizeof(id), "id-%d", i);
		snprintf(name, sizeof(name), "name-%d", i);
		assert_string_equal(ledger_name(ledger, id), name);
		assert_string_equal(ledger_id(ledger, name), id);
	}
	ledger_destroy(ledger);
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
