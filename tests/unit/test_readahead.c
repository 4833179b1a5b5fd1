/* Read-ahead, a pure function of what was read: who gets some and how much. */

#include "test.h"

#include "random.h"
#include "readahead.h"

static const int64_t MIB = 1024 * 1024;
static const int64_t KIB = 1024;
static const int64_t most = 8 * 1024 * 1024;
static const int64_t file_size = INT64_C(1) << 32;

static struct readahead_limits limits_of(int64_t window)
{
	return (struct readahead_limits){
		.window = window,
		.least_piece = READAHEAD_LEAST_PIECE,
		.piece = 4 * MIB,
		.pieces = 16,
	};
}

/* A file as its readers leave it: what was asked for is there. */
struct reading {
	struct readahead readahead;
	int64_t size, ahead_bytes, farthest;
	int asked;
};

static bool note(struct reading *r, int64_t offset, int64_t size, bool stalled)
{
	const struct readahead_limits limits = limits_of(most);
	int64_t end = offset + size;
	struct readahead_request request = readahead_note(
		&r->readahead, offset, end, r->size, stalled, limits);

	if (request.to == 0)
		return false;
	assert_true(request.from >= 0 && request.from < request.to);
	assert_true(request.to <= r->size);
	/* No window is larger than the most. */
	assert_true(request.to - end <= most + READAHEAD_TOLERANCE);
	assert_true(request.to - request.from <= most + READAHEAD_TOLERANCE);
	r->asked++;
	r->ahead_bytes += request.to - request.from;
	if (request.to > r->farthest)
		r->farthest = request.to;
	return true;
}

static struct reading reading_of(int64_t size)
{
	return (struct reading){.size = size};
}

static void a_first_read_in_the_middle_gets_nothing(void **state)
{
	struct reading r = reading_of(file_size);

	(void)state;
	assert_false(note(&r, 100 * MIB, 4 * KIB, true));
}

static void random_readers_get_nothing(void **state)
{
	struct reading r = reading_of(file_size);
	struct random random;

	(void)state;
	random_init(&random, "random readers");
	/* Ten times a tolerance apart at least, and never twice. */
	for (int64_t i = 0; i < 300; i++) {
		int64_t place = (i * 7919) % 400;

		note(&r,
		     (place + 1) * 10 * MIB + random_between(&random, 0, MIB),
		     64 * KIB, true);
	}
	assert_int_equal(r.asked, 0);
}

static void a_sequential_reader_is_kept_ahead_of(void **state)
{
	struct reading r = reading_of(file_size);
	int64_t end = 0;

	(void)state;
	for (int i = 0; i < 2000; i++) {
		note(&r, end, 128 * KIB, r.farthest < end + 128 * KIB);
		end += 128 * KIB;
		/* Once it is known as one, it is never caught up with. */
		if (i > 8)
			assert_true(r.farthest > end);
	}
	assert_true(r.farthest - end <= most + READAHEAD_TOLERANCE);
	/* And what it gets is not asked for twice. */
	assert_true(r.ahead_bytes <= r.farthest);
}

static void the_window_doubles_while_it_is_too_small(void **state)
{
	struct reading r = reading_of(file_size);
	int64_t end = 0, last = 0;
	int grown = 0;

	(void)state;
	for (int i = 0; i < 100; i++) {
		int64_t window;

		note(&r, end, 128 * KIB, true);
		end += 128 * KIB;
		window = r.farthest - end;
		if (window > last && last > 0) {
			assert_true(window <= 2 * last + 2 * 128 * KIB);
			grown++;
		}
		last = window > last ? window : last;
	}
	assert_true(grown >= 2);
	assert_true(last > most / 2);
	assert_true(last <= most);
}

static void the_window_stays_when_nobody_stalls(void **state)
{
	struct reading r = reading_of(file_size);
	int64_t end = 0, window = 0;

	(void)state;
	for (int i = 0; i < 500; i++) {
		/* Only while it is not known as sequential. */
		note(&r, end, 128 * KIB, i < 2);
		end += 128 * KIB;
		if (i > 4 && r.farthest - end > window)
			window = r.farthest - end;
	}
	assert_true(window > 0);
	assert_true(window <= 2 * READAHEAD_FIRST_WINDOW);
}

static void interleaved_readers_are_told_apart(void **state)
{
	enum { READERS = 4 };
	struct reading r = reading_of(file_size);
	int64_t ends[READERS];
	int asked[READERS] = {0};

	(void)state;
	for (int i = 0; i < READERS; i++)
		ends[i] = i * 500 * MIB;
	for (int step = 0; step < 200; step++)
		for (int i = 0; i < READERS; i++) {
			asked[i] += note(&r, ends[i], 128 * KIB, step < 4);
			ends[i] += 128 * KIB;
		}
	for (int i = 0; i < READERS; i++)
		assert_true(asked[i] > 3);
}

static void a_sequential_reader_survives_random_ones(void **state)
{
	struct reading r = reading_of(file_size);
	struct random random;
	int64_t end = 0;
	int asked = 0;

	(void)state;
	random_init(&random, "one among random readers");
	for (int i = 0; i < 300; i++) {
		asked += note(&r, end, 128 * KIB, i < 3);
		end += 128 * KIB;
		for (int j = 0; j < 3; j++)
			note(&r,
			     random_between(&random, 1024 * MIB,
					    file_size - 1) /
				     MIB * MIB,
			     4 * KIB, true);
	}
	assert_true(asked > 10);
}

/* As the kernel sends them when it reads ahead itself. */
static void reads_a_little_out_of_order_are_one_reader(void **state)
{
	static const int order[] = {1, 0, 3, 2, 0 + 4, 7, 5, 6};
	struct reading r = reading_of(file_size);
	int64_t base = 0;

	(void)state;
	for (int round = 0; round < 50; round++) {
		for (size_t i = 0; i < COUNT_OF(order); i++)
			note(&r, base + order[i] * 128 * KIB, 128 * KIB,
			     round < 2);
		base += 8 * 128 * KIB;
	}
	assert_true(r.asked > 5);
	assert_true(r.farthest > base);
	assert_true(r.ahead_bytes <= r.farthest);
}

static void nothing_is_asked_for_beyond_the_end(void **state)
{
	struct random random;

	(void)state;
	random_init(&random, "ends of files");
	for (size_t n = 0; n < random_cases(500); n++) {
		struct reading r =
			reading_of(random_between(&random, 1, 20 * MIB));
		int64_t end = 0;

		while (end < r.size) {
			int64_t size = random_between(&random, 1, 512 * KIB);

			if (size > r.size - end)
				size = r.size - end;
			note(&r, end, size, random_below(&random, 2));
			end += size;
		}
		/* The checks are in note(); at the end there is no more. */
		assert_false(note(&r, end - 1, 1, true) && r.farthest > r.size);
	}
}

static void any_reads_ask_for_what_is_in_the_file_and_within_the_most(
	void **state)
{
	struct random random;

	(void)state;
	random_init(&random, "any reads");
	for (size_t n = 0; n < random_cases(200); n++) {
		struct reading r =
			reading_of(random_between(&random, 1, 64 * MIB));
		int64_t ends[3] = {0};

		for (int i = 0; i < 300; i++) {
			int64_t *end = &ends[random_below(&random, 3)];
			int64_t size;

			if (*end >= r.size || random_below(&random, 20) == 0)
				*end = random_between(&random, 0, r.size - 1);
			size = random_between(&random, 1, 1 * MIB);
			if (size > r.size - *end)
				size = r.size - *end;
			note(&r, *end, size, random_below(&random, 3) == 0);
			*end += size;
		}
	}
}

static void nothing_is_asked_for_where_the_most_is_nothing(void **state)
{
	struct readahead readahead = {0};

	(void)state;
	for (int64_t i = 0; i < 100; i++)
		assert_int_equal(
			readahead_note(&readahead, i * 128 * KIB,
				       (i + 1) * 128 * KIB, file_size, true,
				       (struct readahead_limits){.pieces = 1})
				.to,
			0);
}

/* A part that is read from its start wants more than it has itself. */
static void a_reader_of_the_whole_wants_what_follows(void **state)
{
	const struct readahead_limits limits = limits_of(64 * MIB);
	struct readahead readahead = {0};
	struct readahead_request request = {0};

	(void)state;
	for (int64_t at = 0; at < 16 * MIB; at += 128 * KIB) {
		request = readahead_note(&readahead, at, at + 128 * KIB,
					 16 * MIB, true, limits);
		if (at + 128 * KIB < READAHEAD_WHOLE)
			assert_int_equal(request.beyond, 0);
	}
	assert_int_equal(request.beyond, 64 * MIB);
	assert_true(readahead_is_from_start(&readahead, 8 * MIB) == false);
	assert_true(readahead_is_from_start(&readahead, 16 * MIB));
}

static void a_reader_of_a_tail_wants_nothing_that_follows(void **state)
{
	const struct readahead_limits limits = limits_of(64 * MIB);
	struct readahead readahead = {0};

	(void)state;
	for (int64_t at = 4 * MIB; at < 16 * MIB; at += 128 * KIB)
		assert_int_equal(readahead_note(&readahead, at, at + 128 * KIB,
						16 * MIB, true, limits)
					 .beyond,
				 0);
}

static void a_range_is_the_longer_the_farther_off_it_is(void **state)
{
	const struct readahead_limits limits = limits_of(128 * MIB);
	struct readahead_limits slow = limits;

	(void)state;
	assert_int_equal(readahead_piece(0, &limits), READAHEAD_LEAST_PIECE);
	assert_int_equal(readahead_piece(8 * MIB, &limits), 512 * KIB);
	assert_int_equal(readahead_piece(32 * MIB, &limits), 2 * MIB);
	assert_int_equal(readahead_piece(127 * MIB, &limits), 4 * MIB);
	/* One that takes longer to begin than to come is in the way. */
	slow.least_piece = MIB;
	assert_int_equal(readahead_piece(0, &slow), MIB);
	/* No range is longer than its reader's window. */
	slow.window = 100 * KIB;
	assert_int_equal(readahead_piece(0, &slow), 100 * KIB);
}

static void a_sliver_waits_for_more(void **state)
{
	const struct readahead_limits limits = limits_of(128 * MIB);

	(void)state;
	assert_int_equal(readahead_pieces_end(MIB, MIB + 511 * KIB, 0, &limits),
			 MIB);
	assert_int_equal(readahead_pieces_end(0, 5 * MIB, 32 * MIB, &limits),
			 4 * MIB);
}

static void a_walker_has_all_of_its_window_at_once(void **state)
{
	struct readahead_limits limits = limits_of(64 * MIB);
	struct readahead readahead = {0};
	struct readahead_request request;

	(void)state;
	limits.listed = true;
	request = readahead_note(&readahead, 0, 128 * KIB, 16 * MIB, false,
				 limits);
	assert_in_range(request.to, 1, READAHEAD_FIRST_WINDOW + 128 * KIB);
	assert_int_equal(request.beyond, 0);
	request = readahead_note(&readahead, 128 * KIB, MIB, 16 * MIB, false,
				 limits);
	assert_int_equal(request.to, 16 * MIB);
	assert_int_equal(request.left, 15 * MIB);
	assert_int_equal(request.beyond, 49 * MIB);
}

static void one_that_is_expected_begins_where_the_last_left_off(void **state)
{
	const struct readahead_limits limits = limits_of(64 * MIB);
	struct readahead readahead = {0};
	struct readahead_request request;

	(void)state;
	readahead_expect(&readahead, 32 * MIB);
	request = readahead_note(&readahead, 0, 128 * KIB, 16 * MIB, false,
				 limits);
	assert_int_equal(request.to, 16 * MIB);
	assert_int_equal(request.beyond, 16 * MIB + 128 * KIB);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_first_read_in_the_middle_gets_nothing),
		cmocka_unit_test(random_readers_get_nothing),
		cmocka_unit_test(a_sequential_reader_is_kept_ahead_of),
		cmocka_unit_test(the_window_doubles_while_it_is_too_small),
		cmocka_unit_test(the_window_stays_when_nobody_stalls),
		cmocka_unit_test(interleaved_readers_are_told_apart),
		cmocka_unit_test(a_sequential_reader_survives_random_ones),
		cmocka_unit_test(reads_a_little_out_of_order_are_one_reader),
		cmocka_unit_test(nothing_is_asked_for_beyond_the_end),
		cmocka_unit_test(
			any_reads_ask_for_what_is_in_the_file_and_within_the_most),
		cmocka_unit_test(
			nothing_is_asked_for_where_the_most_is_nothing),
		cmocka_unit_test(a_reader_of_the_whole_wants_what_follows),
		cmocka_unit_test(a_reader_of_a_tail_wants_nothing_that_follows),
		cmocka_unit_test(a_range_is_the_longer_the_farther_off_it_is),
		cmocka_unit_test(a_sliver_waits_for_more),
		cmocka_unit_test(a_walker_has_all_of_its_window_at_once),
		cmocka_unit_test(
			one_that_is_expected_begins_where_the_last_left_off),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
