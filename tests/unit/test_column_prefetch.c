/* What of a parquet file will be read: fs/data/column_prefetch.h. */

#include "column_prefetch.h"

#include "random.h"
#include "test.h"

enum { KIB = 1024, MIB = 1024 * 1024, PAGE = 4096, COLUMNS = 5, GROUPS = 8 };

static const struct column_kernel kernel = {PAGE, 128 * KIB};

struct file {
	struct parquet_footer *footer;
	struct column_prefetch *prefetch;
};

/* Row groups of columns of `size` bytes each, one after the other. */
static struct file file_of(int64_t size)
{
	const size_t count = COLUMNS * GROUPS;
	struct parquet_footer *footer =
		test_alloc(sizeof(*footer) + count * sizeof(footer->chunks[0]));
	int64_t at = 4;

	*footer = (struct parquet_footer){
		.columns = COLUMNS, .row_groups = GROUPS, .count = count};
	for (size_t i = 0; i < count; i++, at += size)
		footer->chunks[i] = (struct parquet_chunk){
			at, at + size, (uint32_t)(i / COLUMNS),
			(uint32_t)(i % COLUMNS)};
	return (struct file){footer, column_prefetch_create(COLUMNS)};
}

static void finish(struct file *file)
{
	free(file->footer);
	free(file->prefetch);
}

static const struct parquet_chunk *chunk(const struct file *file, size_t group,
					 size_t column)
{
	return &file->footer->chunks[group * COLUMNS + column];
}

static int64_t floor_page(int64_t offset)
{
	return offset - offset % PAGE;
}

static struct column_read note(struct file *file, int64_t offset, int64_t size)
{
	return column_prefetch_note(file->prefetch, file->footer, offset,
				    offset + size, &kernel);
}

static void the_start_of_a_chunk_wants_all_of_it(void **state)
{
	struct file file = file_of(600 * KIB);
	const struct parquet_chunk *third = chunk(&file, 0, 2);
	struct column_read answer = note(&file, floor_page(third->start), PAGE);

	(void)state;
	assert_int_equal(answer.kind, COLUMN_CHUNK);
	assert_ptr_equal(answer.chunk, third);
	assert_true(answer.first);
	answer = note(&file, floor_page(third->start) + PAGE, 128 * KIB);
	assert_ptr_equal(answer.chunk, third);
	assert_false(answer.first);
	finish(&file);
}

static void a_read_in_the_middle_is_what_it_asked_for(void **state)
{
	struct file file = file_of(600 * KIB);

	(void)state;
	assert_int_equal(note(&file,
			      floor_page(chunk(&file, 3, 1)->start) + 40 * PAGE,
			      PAGE)
				 .kind,
			 COLUMN_EXACT);
	finish(&file);
}

/* The kernel reads on past the end of what the program reads. */
static void what_the_kernel_reads_on_is_not_wanted(void **state)
{
	struct file file = file_of(600 * KIB);
	const struct parquet_chunk *second = chunk(&file, 0, 1);
	int64_t at = floor_page(second->start);

	(void)state;
	for (; at < second->end + 2 * kernel.window - 128 * KIB;
	     at += 128 * KIB)
		note(&file, at, 128 * KIB);
	assert_true(file.prefetch->column[1].wanted);
	assert_false(file.prefetch->column[2].wanted);
	finish(&file);
}

/* Two of its reads may come in the other order. */
static void reads_that_change_places_begin_nothing(void **state)
{
	struct file file = file_of(256 * KIB);
	const struct parquet_chunk *first = chunk(&file, 0, 0);
	int64_t at = floor_page(first->start);

	(void)state;
	note(&file, at, 128 * KIB);
	note(&file, at + 256 * KIB, 128 * KIB); /* where the second starts */
	note(&file, at + 128 * KIB, 128 * KIB);
	assert_false(file.prefetch->column[1].wanted);
	finish(&file);
}

static void who_reads_on_far_enough_wants_the_next_chunk(void **state)
{
	struct file file = file_of(600 * KIB);
	const struct parquet_chunk *second = chunk(&file, 0, 1);
	int64_t at = floor_page(second->start);

	(void)state;
	while (!file.prefetch->column[2].wanted) {
		assert_true(at < chunk(&file, 0, 3)->start);
		note(&file, at, 128 * KIB);
		at += 128 * KIB;
	}
	finish(&file);
}

static void who_reads_through_all_columns_is_a_sequential_reader(void **state)
{
	struct file file = file_of(600 * KIB);
	enum column_kind kind = COLUMN_EXACT;
	int64_t at = 0;

	(void)state;
	for (; at < 4 * 600 * KIB; at += 128 * KIB)
		kind = note(&file, at, 128 * KIB).kind;
	assert_int_equal(kind, COLUMN_SCAN);
	finish(&file);
}

/* Where chunks are small, a page says nothing of which one is meant. */
static void a_page_in_which_several_start_is_no_start(void **state)
{
	struct file file = file_of(1500);

	(void)state;
	assert_int_equal(note(&file, 0, PAGE).kind, COLUMN_EXACT);
	for (size_t c = 0; c < COLUMNS; c++)
		assert_false(file.prefetch->column[c].wanted);
	finish(&file);
	/* Unless one of them is wanted already. */
	file = file_of(1500);
	file.prefetch->column[1].wanted = true;
	assert_ptr_equal(
		note(&file, floor_page(chunk(&file, 3, 1)->start), PAGE).chunk,
		chunk(&file, 3, 1));
	finish(&file);
}

static void the_same_column_is_expected_further_on(void **state)
{
	struct file file = file_of(600 * KIB);
	struct column_range ranges[COLUMN_RANGES];
	int64_t left;
	size_t count;

	(void)state;
	note(&file, floor_page(chunk(&file, 0, 2)->start), PAGE);
	count = column_prefetch_next(file.prefetch, file.footer, &kernel,
				     chunk(&file, 0, 2)->end, 100 * MIB,
				     16 * KIB, ranges, &left);
	assert_int_equal(count, GROUPS - 1);
	for (size_t i = 0; i < count; i++) {
		const struct parquet_chunk *c = chunk(&file, i + 1, 2);

		assert_int_equal(ranges[i].start, c->start);
		/* As far as the kernel will ask, and no farther. */
		assert_in_range(ranges[i].end, c->end, c->end + kernel.window);
	}
	assert_true(left > 90 * MIB);
	finish(&file);
}

static void no_more_is_expected_than_may_be(void **state)
{
	struct file file = file_of(600 * KIB);
	struct column_range ranges[COLUMN_RANGES];
	int64_t left;

	(void)state;
	file.prefetch->column[2].wanted = true;
	assert_int_equal(column_prefetch_next(file.prefetch, file.footer,
					      &kernel, 0, 700 * KIB, 16 * KIB,
					      ranges, &left),
			 2);
	assert_int_equal(left, 0);
	finish(&file);
}

static void a_small_gap_is_fetched_too(void **state)
{
	struct file file = file_of(600 * KIB);
	struct column_range ranges[COLUMN_RANGES];
	int64_t left;

	(void)state;
	file.prefetch->column[1].wanted = file.prefetch->column[3].wanted =
		true;
	assert_int_equal(column_prefetch_next(file.prefetch, file.footer,
					      &kernel, 0, 100 * MIB, 16 * KIB,
					      ranges, &left),
			 2 * GROUPS);
	assert_int_equal(column_prefetch_next(file.prefetch, file.footer,
					      &kernel, 0, 100 * MIB, 700 * KIB,
					      ranges, &left),
			 GROUPS);
	finish(&file);
}

static void any_reads_are_answered_from_the_footer(void **state)
{
	struct random random;

	(void)state;
	random_init(&random, "reads of tables");
	for (size_t n = 0; n < random_cases(200); n++) {
		int64_t size = random_between(&random, 1, 400 * KIB);
		struct file file = file_of(size);
		int64_t whole = COLUMNS * GROUPS * size + 8;

		for (int i = 0; i < 200; i++) {
			int64_t at =
				floor_page(random_between(&random, 0, whole));
			int64_t to = at + random_between(&random, 1, MIB);
			struct column_read answer = column_prefetch_note(
				file.prefetch, file.footer, at,
				to < whole ? to : whole, &kernel);

			if (answer.kind != COLUMN_CHUNK)
				continue;
			assert_non_null(answer.chunk);
			assert_true(answer.chunk->start < at + PAGE);
			assert_true(answer.chunk->end > at);
		}
		finish(&file);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_start_of_a_chunk_wants_all_of_it),
		cmocka_unit_test(a_read_in_the_middle_is_what_it_asked_for),
		cmocka_unit_test(what_the_kernel_reads_on_is_not_wanted),
		cmocka_unit_test(reads_that_change_places_begin_nothing),
		cmocka_unit_test(who_reads_on_far_enough_wants_the_next_chunk),
		cmocka_unit_test(
			who_reads_through_all_columns_is_a_sequential_reader),
		cmocka_unit_test(a_page_in_which_several_start_is_no_start),
		cmocka_unit_test(the_same_column_is_expected_further_on),
		cmocka_unit_test(no_more_is_expected_than_may_be),
		cmocka_unit_test(a_small_gap_is_fetched_too),
		cmocka_unit_test(any_reads_are_answered_from_the_footer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
