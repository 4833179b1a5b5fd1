/* Reads through the data layer: every byte right, none fetched twice, none
   waited for longer than it takes to come, all in the budget. */

#include "test.h"

#include <pthread.h>

#include "data_fixture.h"
#include "random.h"

static const int64_t KIB = 1024;
static const int64_t MIB = 1024 * 1024;

static struct data_fixture fixture;

static int set_up(void **state)
{
	(void)state;
	fixture = data_fixture_create(DATA_MIN_MEMORY, 4);
	return fixture.data ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	data_fixture_destroy(&fixture);
	return 0;
}

static struct data_part *open_file(uint64_t number, int64_t size)
{
	struct data_part *file = fixture_open(&fixture, number, size);

	assert_non_null(file);
	return file;
}

static void assert_reads(struct data_part *file, uint64_t number,
			 int64_t file_size, int64_t offset, size_t size)
{
	int err = fixture_read(&fixture, file, number, file_size, offset, size);

	if (err)
		fail_msg("%zu bytes at %" PRId64 " of %" PRId64 ": %s", size,
			 offset, file_size, err > 0 ? "wrong" : strerror(-err));
}

/* Bytes
 * ------------------------------------------------------------------------- */

static void every_byte_is_right_however_it_is_read(void **state)
{
	struct random random;

	(void)state;
	random_init(&random, "reads");
	for (size_t n = 0; n < random_cases(256); n++) {
		uint64_t number = n + 2;
		int64_t size = random_between(&random, 1, 3 * MIB);
		struct data_part *file = open_file(number, size);
		size_t most = (size_t)1 << random_between(&random, 0, 20);

		/* The start of a case is the end of one before. */
		fake_set_pieces(fixture.fake, most > 512 ? most / 512 : 1,
				most);
		if (most < 4096)
			fake_set_pieces(fixture.fake, 1000, 4096 + most);
		for (int i = 0; i < 12; i++) {
			int64_t offset = random_between(&random, 0, size + 10);
			size_t length =
				random_below(&random, random_below(&random, 2)
							      ? 10000
							      : DATA_MAX_READ) +
				1;

			assert_reads(file, number, size, offset, length);
		}
		fixture_close(&fixture, file);
	}
}

static void bytes_in_pieces_of_one_are_put_together(void **state)
{
	struct data_part *file = open_file(7, 10000);

	(void)state;
	fake_set_pieces(fixture.fake, 1, 1);
	assert_reads(file, 7, 10000, 0, 10000);
	assert_reads(file, 7, 10000, 4095, 2);
	assert_reads(file, 7, 10000, 9999, 1);
	fixture_close(&fixture, file);
}

static void a_read_is_cut_at_the_end_of_the_file(void **state)
{
	static const int64_t sizes[] = {1,     4095,  4096,    4097,  65535,
					65536, 65537, 1048577, 131072};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(sizes); i++) {
		struct data_part *file = open_file(i + 10, sizes[i]);

		assert_reads(file, i + 10, sizes[i], sizes[i] - 1, 4096);
		assert_reads(file, i + 10, sizes[i], 0, DATA_MAX_READ);
		assert_reads(file, i + 10, sizes[i], sizes[i], 4096);
		assert_reads(file, i + 10, sizes[i], sizes[i] + 1, 4096);
		assert_reads(file, i + 10, sizes[i], INT64_MAX, 4096);
		fixture_close(&fixture, file);
	}
}

static void nothing_is_asked_past_the_end(void **state)
{
	struct data_part *file = open_file(7, 1000);
	static struct reader reader;

	(void)state;
	reader_init(&reader);
	assert_int_equal(reader_try(&fixture, &reader, file, 1000, 10), 0);
	assert_int_equal(reader_size(&reader), 0);
	data_view_finish(fixture.data, &reader.view);
	reader_finish(&reader);
	assert_int_equal(fake_count(fixture.fake, FAKE_FETCH), 0);
	fixture_close(&fixture, file);
}

static void an_empty_file_is_read_without_asking(void **state)
{
	struct data_part *file = open_file(7, 0);

	(void)state;
	assert_reads(file, 7, 0, 0, 4096);
	assert_int_equal(fake_count(fixture.fake, FAKE_FETCH), 0);
	assert_int_equal(data_cached_bytes(fixture.data, 7), 0);
	fixture_close(&fixture, file);
}

static void files_are_told_apart(void **state)
{
	struct data_part *a = open_file(7, 5000), *b = open_file(8, 6000);

	(void)state;
	assert_reads(a, 7, 5000, 0, 5000);
	assert_reads(b, 8, 6000, 0, 6000);
	assert_reads(a, 7, 5000, 0, 5000);
	assert_int_equal(fake_count(fixture.fake, FAKE_FETCH), 2);
	fixture_close(&fixture, a);
	fixture_close(&fixture, b);
}

/* Fetching
 * ------------------------------------------------------------------------- */

static void what_was_read_is_not_asked_for_again(void **state)
{
	struct data_part *file = open_file(7, 300000), *again;
	int asked;

	(void)state;
	assert_reads(file, 7, 300000, 0, 300000);
	asked = fake_count(fixture.fake, FAKE_FETCH);
	assert_reads(file, 7, 300000, 1000, 100000);
	again = open_file(7, 300000);
	assert_reads(again, 7, 300000, 200000, 100000);
	fixture_close(&fixture, again);
	fixture_close(&fixture, file);
	/* It is remembered when nobody has it open, too. */
	file = open_file(7, 300000);
	assert_reads(file, 7, 300000, 0, 300000);
	fixture_close(&fixture, file);
	assert_int_equal(fake_count(fixture.fake, FAKE_FETCH), asked);
}

static void cached_bytes_are_counted(void **state)
{
	struct data_part *file = open_file(7, 100 * MIB);

	(void)state;
	assert_int_equal(data_cached_bytes(fixture.data, 7), 0);
	assert_reads(file, 7, 100 * MIB, 50 * MIB, 8192);
	fake_await_idle(fixture.fake);
	assert_int_equal(data_cached_bytes(fixture.data, 7), 8192);
	assert_int_equal(data_cached_bytes(fixture.data, 8), 0);
	fixture_close(&fixture, file);
	file = open_file(8, 10001);
	assert_reads(file, 8, 10001, 0, 10001);
	assert_int_equal(data_cached_bytes(fixture.data, 8), 10001);
	fixture_close(&fixture, file);
}

static void many_readers_of_the_same_bytes_ask_once(void **state)
{
	enum { READERS = 50 };
	static struct reader readers[READERS];
	struct data_part *file = open_file(7, 100 * MIB);

	(void)state;
	fake_hold(fixture.fake);
	for (int i = 0; i < READERS; i++) {
		reader_init(&readers[i]);
		assert_int_equal(reader_try(&fixture, &readers[i], file,
					    50 * MIB + i, 100 * KIB),
				 DATA_PARKED);
	}
	fake_open(fixture.fake);
	for (int i = 0; i < READERS; i++) {
		bell_wait(&readers[i].bell, 1);
		assert_int_equal(reader_go_on(&fixture, &readers[i], file,
					      50 * MIB + i, 100 * KIB),
				 0);
		assert_int_equal(reader_size(&readers[i]), 100 * KIB);
		assert_true(
			reader_is_right(&readers[i], 7, 50 * MIB + i, "v1"));
		data_view_finish(fixture.data, &readers[i].view);
		reader_finish(&readers[i]);
	}
	fake_await_idle(fixture.fake);
	assert_int_equal(fake_bytes_asked_twice(fixture.fake), 0);
	fixture_close(&fixture, file);
}

static void a_read_is_woken_when_its_own_bytes_are_there(void **state)
{
	struct data_part *file = open_file(7, 100 * MIB);
	const int64_t at = 50 * MIB;
	static struct reader whole, first;

	(void)state;
	reader_init(&whole);
	reader_init(&first);
	fake_set_pieces(fixture.fake, 8192, 8192);
	fake_hold(fixture.fake);
	assert_int_equal(
		reader_try(&fixture, &whole, file, at, (size_t)(512 * KIB)),
		DATA_PARKED);
	assert_int_equal(reader_try(&fixture, &first, file, at, 10000),
			 DATA_PARKED);
	fake_step(fixture.fake, 1);
	assert_int_equal(bell_count(&first.bell), 0);
	fake_step(fixture.fake, 1);
	assert_int_equal(bell_count(&first.bell), 1);
	assert_int_equal(bell_count(&whole.bell), 0);
	assert_int_equal(reader_try(&fixture, &first, file, at, 10000), 0);
	assert_true(reader_is_right(&first, 7, at, "v1"));
	assert_int_equal(reader_size(&first), 10000);
	data_view_finish(fixture.data, &first.view);
	fake_step(fixture.fake, 61);
	assert_int_equal(bell_count(&whole.bell), 0);
	fake_step(fixture.fake, 1);
	assert_int_equal(bell_count(&whole.bell), 1);
	assert_int_equal(
		reader_try(&fixture, &whole, file, at, (size_t)(512 * KIB)), 0);
	assert_true(reader_is_right(&whole, 7, at, "v1"));
	data_view_finish(fixture.data, &whole.view);
	fake_open(fixture.fake);
	reader_finish(&whole);
	reader_finish(&first);
	fixture_close(&fixture, file);
}

static void no_more_ranges_are_asked_at_once_than_connections(void **state)
{
	enum { READERS = 12 };
	static struct reader readers[READERS];
	struct data_part *file = open_file(7, 100 * MIB);

	(void)state;
	fake_hold(fixture.fake);
	for (int i = 0; i < READERS; i++) {
		reader_init(&readers[i]);
		assert_int_equal(reader_try(&fixture, &readers[i], file,
					    (i + 1) * 7 * MIB, 4096),
				 DATA_PARKED);
		assert_true(fake_count(fixture.fake, FAKE_FETCH) <= 4);
	}
	assert_int_equal(data_count(fixture.data).fills_active, 4);
	fake_open(fixture.fake);
	for (int i = 0; i < READERS; i++) {
		bell_wait(&readers[i].bell, 1);
		assert_int_equal(reader_go_on(&fixture, &readers[i], file,
					      (i + 1) * 7 * MIB, 4096),
				 0);
		data_view_finish(fixture.data, &readers[i].view);
		reader_finish(&readers[i]);
	}
	fixture_close(&fixture, file);
}

static void a_sequential_reader_has_bytes_fetched_ahead(void **state)
{
	const int64_t size = 64 * MIB;
	struct data_part *file = open_file(7, size);
	struct fake_range range;
	bool ahead = false;

	(void)state;
	for (int64_t at = 0; at < 16 * MIB; at += 128 * KIB)
		assert_reads(file, 7, size, at, (size_t)(128 * KIB));
	fake_await_idle(fixture.fake);
	for (int i = 0; fake_range(fixture.fake, i, &range); i++)
		ahead |= range.prefetch;
	assert_true(ahead);
	assert_true(data_count(fixture.data).prefetches > 0);
	assert_int_equal(fake_bytes_asked_twice(fixture.fake), 0);
	fixture_close(&fixture, file);
}

static void who_waits_for_a_prefetch_hurries_it(void **state)
{
	const int64_t size = 64 * MIB;
	struct data_part *file = open_file(7, size);
	struct reader reader;
	int64_t at = 0;
	int asked;

	(void)state;
	assert_reads(file, 7, size, at, (size_t)(128 * KIB));
	fake_await_idle(fixture.fake);
	asked = fake_count(fixture.fake, FAKE_FETCH);
	fake_hold(fixture.fake);
	while (fake_count(fixture.fake, FAKE_FETCH) == asked)
		assert_reads(file, 7, size, at += 128 * KIB,
			     (size_t)(128 * KIB));
	assert_int_equal(fake_promoted(fixture.fake), 0);
	reader_init(&reader);
	while (reader_try(&fixture, &reader, file, at, 4096) != DATA_PARKED) {
		data_view_finish(fixture.data, &reader.view);
		at += 4096;
	}
	assert_int_equal(fake_promoted(fixture.fake), 1);
	fake_open(fixture.fake);
	assert_int_equal(reader_go_on(&fixture, &reader, file, at, 4096), 0);
	data_view_finish(fixture.data, &reader.view);
	reader_finish(&reader);
	fixture_close(&fixture, file);
}

static void read_in_order(struct data_part *file, uint64_t number, int64_t size,
			  int64_t from, int64_t to)
{
	for (; from < to; from += 128 * KIB)
		assert_reads(file, number, size, from,
			     (size_t)(to - from < 128 * KIB ? to - from
							    : 128 * KIB));
}

static void whoever_reads_one_part_whole_leaves_the_next_alone(void **state)
{
	const int64_t size = 2 * MIB;
	struct data_part *file = open_file(7, size);

	(void)state;
	fixture_hint(&fixture, file, 7, 2, size, false);
	read_in_order(file, 7, size, 0, size);
	fake_await_idle(fixture.fake);
	fixture_close(&fixture, file);
	assert_int_equal(data_cached_bytes(fixture.data, 8), 0);
}

static void whoever_reads_a_second_part_finds_the_third_there(void **state)
{
	const int64_t size = MIB + MIB / 2;
	struct data_part *file = open_file(7, size);

	(void)state;
	fixture_hint(&fixture, file, 7, 2, size, false);
	read_in_order(file, 7, size, 0, size);
	fixture_close(&fixture, file);

	file = open_file(8, size);
	fixture_hint(&fixture, file, 8, 2, size, false);
	read_in_order(file, 8, size, 0, size);
	fake_await_idle(fixture.fake);
	/* All of it, or as much as its window holds. */
	assert_true(data_cached_bytes(fixture.data, 9) >= 512 * KIB);
	fixture_close(&fixture, file);
	assert_int_equal(data_count(fixture.data).wasted, 0);
}

/* The window, 6 of 8 MiB, holds the rest of one, two more, and some. */
static void whoever_walks_finds_all_that_follows_there(void **state)
{
	const int64_t size = 2 * MIB;
	struct data_part *file = open_file(7, size);

	(void)state;
	fixture_hint(&fixture, file, 7, 3, size, true);
	read_in_order(file, 7, size, 0, MIB - 128 * KIB);
	fake_await_idle(fixture.fake);
	assert_int_equal(data_cached_bytes(fixture.data, 8), 0);
	read_in_order(file, 7, size, MIB - 128 * KIB, MIB);
	fake_await_idle(fixture.fake);
	assert_true(data_cached_bytes(fixture.data, 7) >= size - MIB);
	assert_int_equal(data_cached_bytes(fixture.data, 8), size);
	assert_int_equal(data_cached_bytes(fixture.data, 9), size);
	assert_true(data_cached_bytes(fixture.data, 10) < size);
	fixture_close(&fixture, file);

	/* Who comes next and has not listed them is not meant. */
	file = open_file(20, size);
	fixture_hint(&fixture, file, 20, 1, size, true);
	fixture_close(&fixture, file);
	file = open_file(20, size);
	read_in_order(file, 20, size, 0, size);
	fake_await_idle(fixture.fake);
	fixture_close(&fixture, file);
	assert_int_equal(data_cached_bytes(fixture.data, 21), 0);
}

static void whoever_reads_a_little_of_a_part_leaves_the_next_alone(void **state)
{
	const int64_t size = 2 * MIB;
	struct data_part *file = open_file(7, size);

	(void)state;
	fixture_hint(&fixture, file, 7, 2, size, false);
	read_in_order(file, 7, size, 0, MIB - 256 * KIB);
	/* Nor does the end of it, read in order, make a reader of the whole. */
	fake_await_idle(fixture.fake);
	assert_int_equal(data_cached_bytes(fixture.data, 8), 0);
	fixture_close(&fixture, file);
}

static void whoever_reads_the_end_of_a_part_leaves_the_next_alone(void **state)
{
	const int64_t size = 8 * MIB;
	struct data_part *file = open_file(7, size);

	(void)state;
	fixture_hint(&fixture, file, 7, 2, size, false);
	read_in_order(file, 7, size, 4 * MIB, size);
	fake_await_idle(fixture.fake);
	assert_int_equal(data_cached_bytes(fixture.data, 8), 0);
	fixture_close(&fixture, file);
}

static void a_random_reader_has_only_what_it_asked_for_fetched(void **state)
{
	const int64_t size = 1000 * MIB;
	struct data_part *file = open_file(7, size);
	struct fake_range range;

	(void)state;
	for (int64_t i = 0; i < 50; i++)
		assert_reads(file, 7, size, (i * 37 % 50 * 20 + 5) * MIB, 4096);
	fake_await_idle(fixture.fake);
	for (int i = 0; fake_range(fixture.fake, i, &range); i++) {
		assert_int_equal(range.size, 4096);
		assert_false(range.prefetch);
	}
	fixture_close(&fixture, file);
}

/* Memory
 * ------------------------------------------------------------------------------
 */

/* It needs its window; what it has gone past is in the kernel's cache, but for
   the last of it. */
static void a_reader_of_the_whole_leaves_memory_untouched(void **state)
{
	const int64_t size = 8 * DATA_MIN_MEMORY;
	struct data_part *file = open_file(7, size);
	struct data_counts counts;

	(void)state;
	read_in_order(file, 7, size, 0, size);
	counts = data_count(fixture.data);
	assert_true(counts.blocks_used < counts.blocks);
	fixture_close(&fixture, file);
}

/* And so is a little that others have gone past: a stream that begins takes
   over what it has left behind itself, and memory that holds nothing. */
static void what_was_read_stays_while_there_is_free_memory(void **state)
{
	const int64_t few = 512 * KIB, size = 8 * DATA_MIN_MEMORY;
	struct data_part *other = open_file(8, few);
	struct data_part *file = open_file(7, size);

	(void)state;
	read_in_order(other, 8, few, 0, few);
	read_in_order(file, 7, size, 0, size);
	assert_int_equal(data_cached_bytes(fixture.data, 8), few);
	fixture_close(&fixture, file);
	fixture_close(&fixture, other);
}

/* What the kernel keeps none of is worth keeping, however it was read. */
static void what_was_read_directly_stays_longest(void **state)
{
	const int64_t size = 2 * MIB;
	struct data_part *other = open_file(8, size);
	struct data_part *file = open_file(7, 2 * DATA_MIN_MEMORY);
	static struct reader reader;

	(void)state;
	for (int64_t at = 0; at < size; at += 128 * KIB) {
		reader_init(&reader);
		reader.waiter.direct = true;
		assert_int_equal(reader_go_on(&fixture, &reader, other, at,
					      (size_t)(128 * KIB)),
				 0);
		data_view_finish(fixture.data, &reader.view);
		reader_finish(&reader);
	}
	read_in_order(file, 7, 2 * DATA_MIN_MEMORY, 0, DATA_MIN_MEMORY);
	fake_await_idle(fixture.fake);
	assert_int_equal(data_cached_bytes(fixture.data, 8), size);
	fixture_close(&fixture, file);
	fixture_close(&fixture, other);
}

static void what_others_have_read_stays_when_one_reads_the_whole(void **state)
{
	const int64_t size = 8 * DATA_MIN_MEMORY;
	struct data_part *other = open_file(8, 8 * MIB);
	struct data_part *file = open_file(7, size);

	(void)state;
	assert_reads(other, 8, 8 * MIB, 4 * MIB, 256 * KIB);
	read_in_order(file, 7, size, 0, size);
	assert_int_equal(data_cached_bytes(fixture.data, 8), 256 * KIB);
	fixture_close(&fixture, file);
	fixture_close(&fixture, other);
}

static void a_file_ten_times_the_budget_is_read_whole(void **state)
{
	const int64_t size = 10 * DATA_MIN_MEMORY + 12345;
	struct data_part *file = open_file(7, size);
	struct data_counts counts;

	(void)state;
	fake_set_pieces(fixture.fake, 10000, 300000);
	for (int64_t at = 0; at < size; at += 128 * KIB)
		assert_reads(file, 7, size, at, (size_t)(128 * KIB));
	/* And once more, from what is no longer in memory. */
	for (int64_t at = 0; at < 4 * MIB; at += 128 * KIB)
		assert_reads(file, 7, size, at, (size_t)(128 * KIB));
	counts = data_count(fixture.data);
	assert_true(counts.evictions > 0);
	assert_true(counts.blocks_used <= counts.blocks);
	assert_true(counts.blocks * DATA_BLOCK <= DATA_MIN_MEMORY);
	assert_true(data_cached_bytes(fixture.data, 7) <= DATA_MIN_MEMORY);
	fixture_close(&fixture, file);
}

static void a_view_keeps_its_bytes_while_others_are_read(void **state)
{
	struct data_part *a = open_file(7, 2 * MIB);
	struct data_part *b = open_file(8, 40 * MIB);
	static struct reader reader;

	(void)state;
	reader_init(&reader);
	assert_int_equal(reader_go_on(&fixture, &reader, a, 1000, 200000), 0);
	for (int64_t at = 0; at < 40 * MIB; at += 256 * KIB)
		assert_reads(b, 8, 40 * MIB, at, (size_t)(256 * KIB));
	assert_int_equal(reader_size(&reader), 200000);
	assert_true(reader_is_right(&reader, 7, 1000, "v1"));
	data_view_finish(fixture.data, &reader.view);
	reader_finish(&reader);
	fixture_close(&fixture, a);
	fixture_close(&fixture, b);
}

static void a_read_waits_for_memory_and_gets_it(void **state)
{
	enum { HOLDERS = DATA_MIN_MEMORY / DATA_MAX_READ };
	static struct reader holders[HOLDERS];
	struct data_part *a = open_file(7, 2 * DATA_MIN_MEMORY);
	struct data_part *b = open_file(8, 1 * MIB);
	size_t left = data_count(fixture.data).blocks * DATA_BLOCK;
	static struct reader late;
	int err;

	(void)state;
	for (int i = 0; i < HOLDERS; i++) {
		size_t size = left < DATA_MAX_READ ? left : DATA_MAX_READ;

		reader_init(&holders[i]);
		assert_int_equal(reader_go_on(&fixture, &holders[i], a,
					      (int64_t)i * DATA_MAX_READ, size),
				 0);
		left -= size;
	}
	assert_int_equal(left, 0);
	fake_await_idle(fixture.fake);
	reader_init(&late);
	err = reader_try(&fixture, &late, b, 0, 4096);
	assert_int_equal(err, DATA_PARKED);
	assert_int_equal(bell_count(&late.bell), 0);
	for (int i = 0; i < HOLDERS; i++) {
		assert_true(reader_is_right(&holders[i], 7,
					    (int64_t)i * DATA_MAX_READ, "v1"));
		data_view_finish(fixture.data, &holders[i].view);
		reader_finish(&holders[i]);
	}
	bell_wait(&late.bell, 1);
	assert_int_equal(reader_go_on(&fixture, &late, b, 0, 4096), 0);
	assert_true(reader_is_right(&late, 8, 0, "v1"));
	data_view_finish(fixture.data, &late.view);
	reader_finish(&late);
	fixture_close(&fixture, a);
	fixture_close(&fixture, b);
}

static void forgotten_parts_leave_nothing(void **state)
{
	(void)state;
	for (uint64_t i = 0; i < 6000; i++) {
		struct data_part *file = open_file(i + 2, 5000);

		assert_reads(file, i + 2, 5000, 0, 4096);
		fixture_close(&fixture, file);
		fixture_forget(&fixture, file);
	}
	fake_await_idle(fixture.fake);
	data_resume(fixture.data);
	assert_int_equal(data_count(fixture.data).files, 0);
	assert_int_equal(data_count(fixture.data).blocks_used, 0);
}

/* Threads
 * -------------------------------------------------------------------------------
 */

enum { THREADS = 8, FILES = 3 };

struct thread {
	pthread_t thread;
	uint64_t seed;
	struct data_part *const *files;
	const int64_t *sizes;
	int wrong;
};

static void *read_at_random(void *data)
{
	struct thread *thread = data;
	struct random random = {thread->seed};

	for (int i = 0; i < 60; i++) {
		size_t which = random_below(&random, FILES);
		int64_t offset =
			random_between(&random, 0, thread->sizes[which]);

		thread->wrong +=
			fixture_read(&fixture, thread->files[which], which + 2,
				     thread->sizes[which], offset,
				     random_below(&random, 300000) + 1) != 0;
	}
	return NULL;
}

static void many_threads_read_right_bytes(void **state)
{
	static const int64_t sizes[FILES] = {100000, 6000000, 20000000};
	struct thread threads[THREADS];
	struct data_part *files[FILES];
	struct random random;

	(void)state;
	random_init(&random, "threads");
	fake_shuffle(fixture.fake, random_next(&random));
	fake_set_pieces(fixture.fake, 1000, 100000);
	for (size_t i = 0; i < FILES; i++)
		files[i] = open_file(i + 2, sizes[i]);
	for (size_t i = 0; i < THREADS; i++) {
		threads[i] = (struct thread){
			.seed = random_next(&random),
			.files = files,
			.sizes = sizes,
		};
		assert_int_equal(pthread_create(&threads[i].thread, NULL,
						read_at_random, &threads[i]),
				 0);
	}
	for (size_t i = 0; i < THREADS; i++)
		pthread_join(threads[i].thread, NULL);
	for (size_t i = 0; i < THREADS; i++)
		assert_int_equal(threads[i].wrong, 0);
	for (size_t i = 0; i < FILES; i++)
		fixture_close(&fixture, files[i]);
}

#define data_test(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		data_test(every_byte_is_right_however_it_is_read),
		data_test(bytes_in_pieces_of_one_are_put_together),
		data_test(a_read_is_cut_at_the_end_of_the_file),
		data_test(nothing_is_asked_past_the_end),
		data_test(an_empty_file_is_read_without_asking),
		data_test(files_are_told_apart),
		data_test(what_was_read_is_not_asked_for_again),
		data_test(cached_bytes_are_counted),
		data_test(many_readers_of_the_same_bytes_ask_once),
		data_test(a_read_is_woken_when_its_own_bytes_are_there),
		data_test(no_more_ranges_are_asked_at_once_than_connections),
		data_test(a_sequential_reader_has_bytes_fetched_ahead),
		data_test(who_waits_for_a_prefetch_hurries_it),
		data_test(whoever_reads_one_part_whole_leaves_the_next_alone),
		data_test(whoever_reads_a_second_part_finds_the_third_there),
		data_test(whoever_walks_finds_all_that_follows_there),
		data_test(
			whoever_reads_a_little_of_a_part_leaves_the_next_alone),
		data_test(
			whoever_reads_the_end_of_a_part_leaves_the_next_alone),
		data_test(a_random_reader_has_only_what_it_asked_for_fetched),
		data_test(a_reader_of_the_whole_leaves_memory_untouched),
		data_test(what_was_read_stays_while_there_is_free_memory),
		data_test(what_was_read_directly_stays_longest),
		data_test(what_others_have_read_stays_when_one_reads_the_whole),
		data_test(a_file_ten_times_the_budget_is_read_whole),
		data_test(a_view_keeps_its_bytes_while_others_are_read),
		data_test(a_read_waits_for_memory_and_gets_it),
		data_test(forgotten_parts_leave_nothing),
		data_test(many_threads_read_right_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
