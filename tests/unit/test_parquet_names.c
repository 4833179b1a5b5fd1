/* What the columns of a parquet file are called: caifs/parquet.h. */

#include "caifs/parquet.h"

#include "footer_bytes.h"
#include "test.h"

static struct parquet_names *decode(const char *bytes, size_t size)
{
	/* Just as long as it is, for the sanitizers. */
	char *exact = test_alloc(size);
	struct parquet_names *names = NULL;
	int r;

	memcpy(exact, bytes, size);
	r = parquet_names_decode(exact, size, &names);
	free(exact);
	if (r) {
		assert_int_equal(r, -EINVAL);
		assert_null(names);
	}
	return names;
}

static void put_text(struct bytes *b, int id, const char *text, size_t size)
{
	put_field(b, id, BINARY);
	put_varint(b, size);
	for (size_t i = 0; i < size; i++)
		put(b, text[i]);
}

static void put_element(struct bytes *b, const char *name, int children)
{
	put_text(b, 4, name, strlen(name));
	if (children >= 0) {
		put_field(b, 5, 0x05); /* I32 */
		put_varint(b, (uint64_t)children * 2);
	}
	put(b, 0);
}

static void expect(const struct bytes *b, const char *const *due, size_t count)
{
	struct parquet_names *names = decode(b->at, b->size);

	assert_non_null(names);
	assert_int_equal(names->count, count);
	for (size_t i = 0; i < count; i++)
		assert_string_equal(names->names[i], due[i]);
	free(names);
}

static void leaves_have_the_names_above_them(void **state)
{
	static const char *const due[] = {"_id", "t.churn.score",
					  "t.churn.when", "t.x", "last"};
	struct bytes b = {.size = 0};

	(void)state;
	put_list(&b, 2, 8);
	put_element(&b, "schema", 3);
	put_element(&b, "_id", -1);
	put_element(&b, "t", 2);
	put_element(&b, "churn", 2);
	put_element(&b, "score", 0);
	put_element(&b, "when", -1);
	put_element(&b, "x", -1);
	put_element(&b, "last", -1);
	put(&b, 0);
	expect(&b, due, COUNT_OF(due));
}

static void a_schema_without_columns_has_none(void **state)
{
	struct bytes b = {.size = 0};

	(void)state;
	put_list(&b, 2, 1);
	put_element(&b, "schema", -1);
	put(&b, 0);
	expect(&b, NULL, 0);
}

static void what_does_not_add_up_is_refused(void **state)
{
	static const int children[][3] = {
		{3, -1, -1}, /* one is promised that does not come */
		{1, -1, -1}, /* one comes that was not promised */
		{2, 1, -1},
		{0, -1, -1},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(children); i++) {
		struct bytes b = {.size = 0};

		put_list(&b, 2, 3);
		put_element(&b, "schema", children[i][0]);
		put_element(&b, "a", children[i][1]);
		put_element(&b, "b", children[i][2]);
		assert_null(decode(b.at, b.size));
	}
}

static void a_name_with_a_nul_is_refused(void **state)
{
	struct bytes b = {.size = 0};

	(void)state;
	put_list(&b, 2, 2);
	put_element(&b, "schema", 1);
	put_text(&b, 4, "a\0b", 3);
	put(&b, 0);
	assert_null(decode(b.at, b.size));
}

static void what_is_too_deep_is_refused(void **state)
{
	(void)state;
	for (size_t depth = 30; depth < 40; depth++) {
		struct bytes b = {.size = 0};
		struct parquet_names *names;

		put_list(&b, 2, depth + 1);
		for (size_t i = 0; i < depth; i++)
			put_element(&b, "d", 1);
		put_element(&b, "leaf", -1);
		names = decode(b.at, b.size);
		assert_int_equal(names != NULL, depth <= 32);
		free(names);
	}
}

/* Each of many leaves would have all of the long name above it. */
static void names_beyond_the_ceiling_are_refused(void **state)
{
	enum { LONG = 8192, LEAVES = 8000, ROOM = 128 * 1024 };
	struct bytes head = {.size = 0}, leaf = {.size = 0};
	char *bytes = test_alloc(ROOM);
	size_t size;

	(void)state;
	put_field(&head, 2, LIST);
	put(&head, 0xfc);
	put_varint(&head, LEAVES + 2);
	put_element(&head, "schema", 1);
	put_field(&head, 5, 0x05);
	put_varint(&head, LEAVES * 2);
	put_field(&head, 4, BINARY);
	put_varint(&head, LONG);
	memcpy(bytes, head.at, head.size);
	memset(bytes + head.size, 'n', LONG);
	size = head.size + LONG + 1; /* and its STOP */
	put_element(&leaf, "l", -1);
	for (size_t i = 0; i < LEAVES; i++, size += leaf.size)
		memcpy(bytes + size, leaf.at, leaf.size);
	assert_true(size <= ROOM);
	assert_null(decode(bytes, size));
	free(bytes);
}

static void duckdbs_are_understood(void **state)
{
	static const char *const due[] = {
		"i",
		"s.a",
		"s.b.c.list.element",
		"s.b.d",
	};
	char bytes[64 * 1024];
	FILE *file = fopen(CAIFS_FOOTERS "/nested.footer", "rb");
	struct parquet_names *names;
	size_t size;

	(void)state;
	assert_non_null(file);
	size = fread(bytes, 1, sizeof(bytes), file);
	fclose(file);
	names = decode(bytes, size);
	assert_non_null(names);
	assert_true(names->count > COUNT_OF(due));
	for (size_t i = 0; i < COUNT_OF(due); i++)
		assert_string_equal(names->names[i], due[i]);
	free(names);
	for (size_t shorter = 0; shorter < size; shorter += 7)
		free(decode(bytes, shorter));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(leaves_have_the_names_above_them),
		cmocka_unit_test(a_schema_without_columns_has_none),
		cmocka_unit_test(what_does_not_add_up_is_refused),
		cmocka_unit_test(a_name_with_a_nul_is_refused),
		cmocka_unit_test(what_is_too_deep_is_refused),
		cmocka_unit_test(names_beyond_the_ceiling_are_refused),
		cmocka_unit_test(duckdbs_are_understood),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
