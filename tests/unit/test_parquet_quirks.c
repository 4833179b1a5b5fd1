/* Footers as other writers make them, and as none should: caifs/parquet.h.
   They are put together here, field by field. */

#include "caifs/parquet.h"

#include "footer_bytes.h"
#include "test.h"

enum { FILE_SIZE = 100000 };

static struct parquet_footer *decode(const struct bytes *b)
{
	struct parquet_footer *footer = NULL;
	int r = parquet_footer_decode(b->at, b->size, FILE_SIZE, &footer);

	if (r) {
		assert_int_equal(r, -EINVAL);
		assert_null(footer);
	}
	return footer;
}

/* A file with these columns in each of its row groups; NULL: not understood. */
static struct parquet_footer *file_of(const struct column *columns,
				      size_t count, size_t row_groups)
{
	struct bytes b = {.size = 0};

	put_schema(&b);
	put_list(&b, 4, row_groups);
	for (size_t i = 0; i < row_groups; i++)
		put_row_group(&b, &columns[i * count], count);
	put(&b, 0);
	return decode(&b);
}

static void expect_chunk(const struct column *column, int64_t start,
			 int64_t end)
{
	struct parquet_footer *footer = file_of(column, 1, 1);

	assert_non_null(footer);
	assert_int_equal(footer->columns, 1);
	assert_int_equal(footer->row_groups, 1);
	assert_int_equal(footer->count, 1);
	assert_int_equal(footer->chunks[0].start, start);
	assert_int_equal(footer->chunks[0].end, end);
	free(footer);
}

static void a_dictionary_before_the_data_begins_the_chunk(void **state)
{
	struct column c = {50, NONE, NONE, 100, NULL, false};

	(void)state;
	expect_chunk(&c, 50, 150);
	c.dictionary = 40;
	expect_chunk(&c, 40, 140);
	c.dictionary = 4;
	expect_chunk(&c, 4, 104);
}

/* As Arrow writes a column without values. */
static void so_does_a_dictionary_alone(void **state)
{
	struct column c = {0, 40, NONE, 14, NULL, false};

	(void)state;
	expect_chunk(&c, 40, 54);
}

static void a_dictionary_that_is_none_does_not(void **state)
{
	static const int64_t nowhere[] = {0, 50, 60, -7, INT64_MAX, INT64_MIN};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(nowhere); i++) {
		struct column c = {50, nowhere[i], NONE, 100, NULL, false};

		expect_chunk(&c, 50, 150);
	}
}

static void index_pages_are_left_out_of_account(void **state)
{
	static const int64_t anywhere[] = {0, 10, 50, 60, INT64_MIN};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(anywhere); i++) {
		struct column c = {50, 40, anywhere[i], 100, NULL, false};

		expect_chunk(&c, 40, 140);
	}
}

static void an_empty_path_means_this_file(void **state)
{
	struct column c = {50, NONE, NONE, 100, "", false};

	(void)state;
	expect_chunk(&c, 50, 150);
	c.path = "part-00000.parquet";
	assert_null(file_of(&c, 1, 1));
}

static void columns_that_make_no_sense_are_refused(void **state)
{
	static const struct column cases[] = {
		{NONE, 50, NONE, 100, NULL, false},
		{50, NONE, NONE, NONE, NULL, false},
		{50, NONE, NONE, 100, NULL, true},
		{50, NONE, NONE, -100, NULL, false},
		{50, NONE, NONE, INT64_MIN, NULL, false},
		{50, NONE, NONE, INT64_MAX, NULL, false},
		{50, NONE, NONE, FILE_SIZE, NULL, false},
		{3, NONE, NONE, 100, NULL, false}, /* in the magic */
		{50, 3, NONE, 100, NULL, false},
		{0, NONE, NONE, 100, NULL, false},
		{-50, NONE, NONE, 100, NULL, false},
		{INT64_MIN, NONE, NONE, 100, NULL, false},
		{INT64_MAX, NONE, NONE, 100, NULL, false},
		{FILE_SIZE - 8, NONE, NONE, 1, NULL, false},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(cases); i++)
		assert_null(file_of(&cases[i], 1, 1));
}

/* Its ColumnMetaData is optional in the format, and elsewhere if it is not
   here. */
static void a_column_is_described_once(void **state)
{
	(void)state;
	for (int times = 0; times <= 2; times++) {
		struct bytes b = {.size = 0};
		struct parquet_footer *footer;

		put_schema(&b);
		put_list(&b, 4, 1);
		put_list(&b, 1, 1);
		for (int i = 0; i < times; i++) {
			put_field(&b, 3, STRUCT);
			put_number(&b, 7, 100);
			put_number(&b, 9, 40);
			put(&b, 0);
		}
		put(&b, 0);
		/* As many bytes as a chunk has at the least. */
		put_number(&b, 2, INT64_MAX);
		put(&b, 0);
		put(&b, 0);
		footer = decode(&b);
		assert_true(!footer == (times != 1));
		free(footer);
	}
}

/* Every place and length in a footer is an I64. */
static void a_place_of_another_type_is_refused(void **state)
{
	static const uint8_t types[] = {0x03, 0x04, 0x05, 0x06, BINARY};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(types); i++) {
		struct bytes b = {.size = 0};
		struct parquet_footer *footer;

		put_schema(&b);
		put_list(&b, 4, 1);
		put_list(&b, 1, 1);
		put_field(&b, 3, STRUCT);
		put_number(&b, 7, 100);
		put_field(&b, 9, types[i]);
		put(&b, 2 * 40); /* 40, or 80 as a byte, or 80 bytes */
		put(&b, 0);
		put(&b, 0);
		put(&b, 0);
		put(&b, 0);
		footer = decode(&b);
		assert_true(!footer == (types[i] != I64));
		free(footer);
	}
}

static void chunks_may_be_written_in_any_order(void **state)
{
	/* Two row groups of three columns. */
	static const struct column columns[] = {
		{900, NONE, NONE, 100, NULL, false},
		{50, 40, NONE, 60, NULL, false},
		{700, NONE, NONE, 200, NULL, false},
		{500, NONE, NONE, 100, NULL, false},
		{200, NONE, NONE, 300, NULL, false},
		{100, NONE, NONE, 99, NULL, false},
	};
	static const struct parquet_chunk due[] = {
		{40, 100, 0, 1},  {100, 199, 1, 2}, {200, 500, 1, 1},
		{500, 600, 1, 0}, {700, 900, 0, 2}, {900, 1000, 0, 0},
	};
	struct parquet_footer *footer = file_of(columns, 3, 2);

	(void)state;
	assert_non_null(footer);
	assert_int_equal(footer->columns, 3);
	assert_int_equal(footer->row_groups, 2);
	assert_int_equal(footer->count, 6);
	for (size_t i = 0; i < COUNT_OF(due); i++)
		assert_memory_equal(&footer->chunks[i], &due[i],
				    sizeof(due[i]));
	/* Between two of them is nothing. */
	assert_ptr_equal(parquet_chunk_at(footer, 198), &footer->chunks[1]);
	assert_null(parquet_chunk_at(footer, 199));
	assert_ptr_equal(parquet_chunk_at(footer, 200), &footer->chunks[2]);
	assert_null(parquet_chunk_at(footer, 600));
	assert_null(parquet_chunk_at(footer, 39));
	assert_null(parquet_chunk_at(footer, 1000));
	free(footer);
}

static void chunks_that_overlap_are_refused(void **state)
{
	struct column columns[] = {
		{500, NONE, NONE, 100, NULL, false},
		{401, NONE, NONE, 100, NULL, false},
	};
	struct parquet_footer *footer;

	(void)state;
	assert_null(file_of(columns, 2, 1));
	assert_null(file_of(columns, 1, 2));
	columns[1].size = 99;
	footer = file_of(columns, 2, 1);
	assert_non_null(footer);
	free(footer);
	columns[1] = columns[0];
	assert_null(file_of(columns, 2, 1));
}

static void empty_chunks_are_left_out(void **state)
{
	static const struct column columns[] = {
		{500, NONE, NONE, 100, NULL, false},
		{0, NONE, NONE, 0, NULL, false},
		{550, NONE, NONE, 0, NULL, false},
	};
	struct parquet_footer *footer = file_of(columns, 3, 1);

	(void)state;
	assert_non_null(footer);
	assert_int_equal(footer->columns, 3);
	assert_int_equal(footer->count, 1);
	assert_ptr_equal(parquet_chunk_at(footer, 550), &footer->chunks[0]);
	free(footer);
}

static void row_groups_have_the_same_columns(void **state)
{
	static const struct column columns[] = {
		{50, NONE, NONE, 100, NULL, false},
		{200, NONE, NONE, 100, NULL, false},
		{400, NONE, NONE, 100, NULL, false},
	};

	(void)state;
	for (size_t first = 1; first <= 2; first++) {
		struct bytes b = {.size = 0};

		put_schema(&b);
		put_list(&b, 4, 2);
		put_row_group(&b, columns, first);
		put_row_group(&b, columns + first, 3 - first);
		put(&b, 0);
		assert_null(decode(&b));
	}
}

/* What the footer itself has to have, once, and what it must not have. */
static void the_whole_is_there_once(void **state)
{
	static const struct column c = {50, NONE, NONE, 100, NULL, false};

	(void)state;
	/* A bit each: schema, row groups, both again, encryption, a schema
	   that is no list. */
	for (int what = 0; what < 64; what++) {
		struct bytes b = {.size = 0};
		struct parquet_footer *footer;

		for (int again = 0; again < 4; again += 2) {
			if (what & 1 << again)
				put_schema(&b);
			if (what & 2 << again) {
				put_list(&b, 4, 1);
				put_row_group(&b, &c, 1);
			}
		}
		if (what & 16) {
			put_field(&b, 8, STRUCT);
			put(&b, 0);
		}
		if (what & 32)
			put_number(&b, 2, 1);
		put(&b, 0);
		footer = decode(&b);
		if (what == 3 || what == 6 || what == 9 || what == 12)
			assert_non_null(footer);
		else
			assert_null(footer);
		free(footer);
	}
}

/* Lists in lists of nothing: a footer of some bytes that asks for much. */
static void what_is_promised_must_fit_the_bytes(void **state)
{
	static const struct column c = {50, NONE, NONE, 100, NULL, false};
	struct bytes b = {.size = 0};

	(void)state;
	put_schema(&b);
	put_list(&b, 4, 1000);
	put_list(&b, 1, 1000);
	while (b.size < sizeof(b.at))
		put(&b, 0);
	assert_null(decode(&b));

	/* A row group that is a binary of 9 bytes, and would do as a struct
	   without columns. */
	b.size = 0;
	put_schema(&b);
	put_field(&b, 4, LIST);
	put(&b, 0x10 | BINARY);
	put(&b, LIST);
	put(&b, 1 * 2);
	put(&b, STRUCT);
	put_number(&b, 2, 1);
	put_number(&b, 3, 1);
	put(&b, 0);
	put(&b, 0);
	assert_null(decode(&b));

	/* The list of columns comes twice. */
	b.size = 0;
	put_schema(&b);
	put_list(&b, 4, 1);
	put_row_group(&b, &c, 1);
	b.size--;
	put_list(&b, 1, 0);
	put(&b, 0);
	put(&b, 0);
	assert_null(decode(&b));
}

/* Two row groups, in the shortest columns there are, each of no bytes. */
static bool takes_columns(size_t columns)
{
	static const char begin[] = "\x09\x04\x1c\x08\x08\x01"
				    "c\x00\x09\x08\x2c";
	static const char column[7] = "\x3c\x76\x00\x26\x00\x00\x00";
	size_t size = sizeof(begin) - 1;
	char *bytes = test_alloc(2 * (columns + 1) * sizeof(column) + 64);
	struct parquet_footer *footer = NULL;
	bool taken;

	memcpy(bytes, begin, size);
	for (int i = 0; i < 2; i++) {
		struct bytes head = {.size = 0};

		put_list(&head, 1, columns);
		memcpy(bytes + size, head.at, head.size);
		size += head.size;
		for (size_t k = 0; k < columns; k++, size += sizeof(column))
			memcpy(bytes + size, column, sizeof(column));
		size++;
	}
	size++;
	parquet_footer_decode(bytes, size, INT64_MAX, &footer);
	free(bytes);
	taken = footer;
	free(footer);
	return taken;
}

static void a_million_chunks_is_the_most(void **state)
{
	(void)state;
	assert_true(takes_columns(PARQUET_MAX_CHUNKS / 2));
	assert_false(takes_columns(PARQUET_MAX_CHUNKS / 2 + 1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_dictionary_before_the_data_begins_the_chunk),
		cmocka_unit_test(so_does_a_dictionary_alone),
		cmocka_unit_test(a_dictionary_that_is_none_does_not),
		cmocka_unit_test(index_pages_are_left_out_of_account),
		cmocka_unit_test(an_empty_path_means_this_file),
		cmocka_unit_test(columns_that_make_no_sense_are_refused),
		cmocka_unit_test(a_column_is_described_once),
		cmocka_unit_test(a_place_of_another_type_is_refused),
		cmocka_unit_test(chunks_may_be_written_in_any_order),
		cmocka_unit_test(chunks_that_overlap_are_refused),
		cmocka_unit_test(empty_chunks_are_left_out),
		cmocka_unit_test(row_groups_have_the_same_columns),
		cmocka_unit_test(the_whole_is_there_once),
		cmocka_unit_test(what_is_promised_must_fit_the_bytes),
		cmocka_unit_test(a_million_chunks_is_the_most),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
