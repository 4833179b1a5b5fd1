/* Where the columns of a parquet file lie: caifs/parquet.h. The footers are
   made by tests/duckdb/make-footers.mjs, and with them what DuckDB says of
   where the chunks are. */

#include "caifs/parquet.h"

#include "random.h"
#include "test.h"

struct footer_file {
	char *bytes;
	size_t size;
	int64_t file_size;
	size_t row_groups, columns, count;
	struct parquet_chunk *chunks;
};

static const char *const names[] = {"one",    "none",	 "plain", "dictionary",
				    "nested", "sibling", "score", "wide"};

static FILE *open_file(const char *name, const char *what)
{
	char path[512];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s.%s", CAIFS_FOOTERS, name, what);
	file = fopen(path, "rb");
	if (!file)
		fail_msg("%s: %s", path, strerror(errno));
	return file;
}

static struct footer_file load(const char *name)
{
	struct footer_file f = {.bytes = test_alloc(64 * 1024)};
	FILE *file = open_file(name, "footer");

	f.size = fread(f.bytes, 1, 64 * 1024, file);
	fclose(file);
	/* Just as long as it is, for the sanitizers. */
	f.bytes = realloc(f.bytes, f.size);
	assert_non_null(f.bytes);

	file = open_file(name, "ranges");
	assert_int_equal(fscanf(file, "%" SCNd64 "%zu%zu", &f.file_size,
				&f.row_groups, &f.columns),
			 3);
	f.chunks = test_alloc(f.row_groups * f.columns * sizeof(*f.chunks));
	for (; f.count < f.row_groups * f.columns; f.count++) {
		struct parquet_chunk *c = &f.chunks[f.count];

		assert_int_equal(
			fscanf(file,
			       "%" SCNd64 "%" SCNd64 "%" SCNu32 "%" SCNu32,
			       &c->start, &c->end, &c->row_group, &c->column),
			4);
	}
	fclose(file);
	return f;
}

static void unload(struct footer_file *f)
{
	free(f->bytes);
	free(f->chunks);
}

static struct parquet_footer *decode(const struct footer_file *f)
{
	struct parquet_footer *footer = NULL;

	assert_int_equal(
		parquet_footer_decode(f->bytes, f->size, f->file_size, &footer),
		0);
	assert_non_null(footer);
	return footer;
}

static void the_chunks_are_where_duckdb_says(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(names); i++) {
		struct footer_file f = load(names[i]);
		struct parquet_footer *footer = decode(&f);

		assert_int_equal(footer->row_groups, f.row_groups);
		assert_int_equal(footer->columns, f.columns);
		assert_int_equal(footer->count, f.count);
		for (size_t k = 0; k < f.count; k++) {
			const struct parquet_chunk *is = &footer->chunks[k];
			const struct parquet_chunk *due = &f.chunks[k];

			assert_int_equal(is->start, due->start);
			assert_int_equal(is->end, due->end);
			assert_int_equal(is->row_group, due->row_group);
			assert_int_equal(is->column, due->column);
		}
		free(footer);
		unload(&f);
	}
}

static void each_byte_of_a_chunk_leads_to_it(void **state)
{
	struct footer_file f = load("score");
	struct parquet_footer *footer = decode(&f);

	(void)state;
	for (size_t k = 0; k < footer->count; k++) {
		const struct parquet_chunk *c = &footer->chunks[k];

		assert_ptr_equal(parquet_chunk_at(footer, c->start), c);
		assert_ptr_equal(parquet_chunk_at(footer, c->end - 1), c);
	}
	assert_null(parquet_chunk_at(footer, 0));
	assert_null(parquet_chunk_at(footer, 3));
	assert_null(parquet_chunk_at(footer, -1));
	assert_null(parquet_chunk_at(footer, INT64_MIN));
	assert_null(parquet_chunk_at(footer, INT64_MAX));
	assert_null(parquet_chunk_at(footer,
				     footer->chunks[footer->count - 1].end));
	free(footer);
	unload(&f);
}

static void a_file_without_rows_has_no_chunk(void **state)
{
	struct footer_file f = load("none");
	struct parquet_footer *footer = decode(&f);

	(void)state;
	assert_int_equal(footer->count, 0);
	assert_null(parquet_chunk_at(footer, 4));
	free(footer);
	unload(&f);
}

static void siblings_are_told_by_their_schema(void **state)
{
	struct footer_file a = load("score"), b = load("sibling"),
			   other = load("nested");
	struct parquet_footer *first = decode(&a), *second = decode(&b),
			      *third = decode(&other);

	(void)state;
	assert_true(first->schema == second->schema);
	assert_true(first->schema != third->schema);
	free(first);
	free(second);
	free(third);
	unload(&a);
	unload(&b);
	unload(&other);
}

static void the_tail_tells_where_the_footer_is(void **state)
{
	int64_t start = 0;

	(void)state;
	assert_int_equal(
		parquet_footer_place("\x10\x27\0\0PAR1", 20000, &start), 0);
	assert_int_equal(start, 20000 - 8 - 10000);
	/* As far as the leading magic, and not into it. */
	assert_int_equal(
		parquet_footer_place("\x10\x27\0\0PAR1", 10012, &start), 0);
	assert_int_equal(start, 4);
	/* 16 MiB, and all bytes unsigned. */
	assert_int_equal(
		parquet_footer_place("\0\0\0\1PAR1", 100000000, &start), 0);
	assert_int_equal(start, 100000000 - 8 - PARQUET_MAX_FOOTER);
	assert_int_equal(
		parquet_footer_place("\xff\xff\xff\0PAR1", INT64_MAX, &start),
		0);
	assert_true(start == INT64_MAX - 8 - 0xffffff);
}

static void tails_that_are_not_understood_are_refused(void **state)
{
	static const struct {
		const char *tail;
		int64_t file_size;
	} cases[] = {
		{"\x10\x27\0\0PARE", 20000}, /* the footer is encrypted */
		{"\x10\x27\0\0PAR2", 20000},
		{"\x10\x27\0\0XAR1", 20000},
		{"\x10\x27\0\0PAR1", 10011}, /* longer than the file */
		{"\1\0\0\1PAR1", 100000000}, /* over 16 MiB */
		{"\xff\xff\xff\xffPAR1", INT64_MAX},
		{"\0\0\0\0PAR1", 20000},
		{"\1\0\0\0PAR1", 12},
		{"\1\0\0\0PAR1", 0},
		{"\1\0\0\0PAR1", -1},
		{"\1\0\0\0PAR1", INT64_MIN},
	};
	int64_t start = 1234;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(cases); i++)
		assert_int_equal(parquet_footer_place(cases[i].tail,
						      cases[i].file_size,
						      &start),
				 -EINVAL);
	assert_int_equal(start, 1234);
}

/* What a caller may rely on, whatever the bytes were. */
static bool keeps_the_contract(const struct parquet_footer *footer, int64_t end)
{
	size_t most = footer->row_groups * footer->columns;
	int64_t from = 4;

	if (most > PARQUET_MAX_CHUNKS || footer->count > most)
		return false;
	for (size_t i = 0; i < footer->count; i++) {
		const struct parquet_chunk *c = &footer->chunks[i];

		if (c->start < from || c->start >= c->end || c->end > end ||
		    c->row_group >= footer->row_groups ||
		    c->column >= footer->columns ||
		    parquet_chunk_at(footer, c->start) != c)
			return false;
		from = c->end;
	}
	return true;
}

/* Decodes what may be anything; true if it was understood. */
static bool try(const char *bytes, size_t size, int64_t file_size)
{
	struct parquet_footer *untouched = (struct parquet_footer *)&size;
	struct parquet_footer *footer = untouched;
	int r = parquet_footer_decode(bytes, size, file_size, &footer);

	if (r) {
		assert_int_equal(r, -EINVAL);
		assert_ptr_equal(footer, untouched);
		return false;
	}
	assert_true(keeps_the_contract(footer, file_size - PARQUET_TAIL -
						       (int64_t)size));
	free(footer);
	return true;
}

static void no_truncated_footer_is_understood(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(names); i++) {
		struct footer_file f = load(names[i]);

		for (size_t size = 0; size < f.size; size++) {
			char *exact = test_alloc(size);

			memcpy(exact, f.bytes, size);
			assert_false(try(exact, size, f.file_size));
			free(exact);
		}
		unload(&f);
	}
}

static void nor_is_one_with_bytes_after_it(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(names); i++) {
		struct footer_file f = load(names[i]);

		f.bytes = realloc(f.bytes, f.size + 1);
		assert_non_null(f.bytes);
		f.bytes[f.size] = 0;
		assert_false(try(f.bytes, f.size + 1, f.file_size + 1));
		unload(&f);
	}
}

static void nor_is_one_of_another_file(void **state)
{
	static const int64_t sizes[] = {INT64_MIN, -1, 0, 7, 12, 100};
	struct footer_file f = load("score");

	(void)state;
	for (size_t i = 0; i < COUNT_OF(sizes); i++)
		assert_false(try(f.bytes, f.size, sizes[i]));
	/* The last chunk would reach into the footer. */
	assert_false(try(f.bytes, f.size,
			 f.chunks[f.count - 1].end + (int64_t)f.size + 7));
	assert_true(try(f.bytes, f.size,
			f.chunks[f.count - 1].end + (int64_t)f.size + 8));
	assert_true(try(f.bytes, f.size, INT64_MAX));
	unload(&f);
}

static void any_one_byte_may_be_another(void **state)
{
	struct random random;

	(void)state;
	random_init(&random, "parquet, one byte changed");
	for (size_t i = 0; i < COUNT_OF(names); i++) {
		struct footer_file f = load(names[i]);
		/* Each value in the shortest, each bit in the short; the
		   others have the same fields again and again. */
		int step = f.size < 200 ? 1 : 255;
		int bits = f.size < 1000 ? 8 : 1;

		for (size_t at = 0; at < f.size; at++) {
			char was = f.bytes[at];

			for (int value = (int)random_below(&random, step);
			     value < 256; value += step) {
				f.bytes[at] = (char)value;
				try(f.bytes, f.size, f.file_size);
			}
			for (int bit = 0; bit < bits; bit++) {
				f.bytes[at] =
					(char)(was ^ 1 << ((at + bit) % 8));
				try(f.bytes, f.size, f.file_size);
			}
			f.bytes[at] = was;
		}
		assert_true(try(f.bytes, f.size, f.file_size));
		unload(&f);
	}
}

static void so_may_several_and_all(void **state)
{
	size_t cases = random_cases(20000);
	struct footer_file f = load("dictionary");
	struct random random;
	size_t understood = 0;

	(void)state;
	random_init(&random, "parquet, many bytes changed");
	for (size_t i = 0; i < cases; i++) {
		char *bytes = test_alloc(f.size);
		size_t changes = 1 + random_below(&random, 4);

		if (i % 8 == 0)
			changes = f.size * 4;
		memcpy(bytes, f.bytes, f.size);
		while (changes--)
			bytes[random_below(&random, f.size)] =
				(char)random_next(&random);
		understood += try(bytes, f.size, f.file_size);
		free(bytes);
	}
	/* Else this would say nothing of what is understood. */
	assert_true(understood > 0);
	unload(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_chunks_are_where_duckdb_says),
		cmocka_unit_test(each_byte_of_a_chunk_leads_to_it),
		cmocka_unit_test(a_file_without_rows_has_no_chunk),
		cmocka_unit_test(siblings_are_told_by_their_schema),
		cmocka_unit_test(the_tail_tells_where_the_footer_is),
		cmocka_unit_test(tails_that_are_not_understood_are_refused),
		cmocka_unit_test(no_truncated_footer_is_understood),
		cmocka_unit_test(nor_is_one_with_bytes_after_it),
		cmocka_unit_test(nor_is_one_of_another_file),
		cmocka_unit_test(any_one_byte_may_be_another),
		cmocka_unit_test(so_may_several_and_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
