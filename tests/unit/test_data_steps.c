/* What the lock is held for: steps, counted by the layer itself, do not grow
   with the memory, the file, or the number of ranges. */

#include "test.h"

#include "data_internal.h"
#include "fake_clock.h"
#include "prefetch_queue.h"
#include "scripted_source.h"
#include "transfer.h"

static const int64_t MIB = 1024 * 1024;
static const int64_t GIB = 1024 * 1024 * 1024;
static const int64_t TIB = INT64_C(1) << 40;

struct stepped {
	struct script script;
	struct data *data;
	struct data_part *part;
};

static void no_wake(struct waiter *waiter)
{
	(void)waiter;
}

static void begin(struct stepped *s, int64_t memory, int64_t size)
{
	const struct data_identity identity = {2, "id", "part", size};
	struct data_config config = {
		.source = &s->script.source,
		.memory_bytes = (size_t)memory,
		.no_parquet = true,
	};

	script_init(&s->script, SCRIPT_CALLS);
	assert_int_equal(data_create(&config, &s->data), 0);
	assert_int_equal(data_part_get(s->data, &identity, &s->part), 0);
	assert_int_equal(data_open(s->data, s->part), 0);
}

static uint64_t end(struct stepped *s)
{
	uint64_t steps;

	while (s->script.count)
		script_done(s->script.calls[0], -ECANCELED);
	steps = data_count(s->data).lock_steps;
	data_close(s->data, s->part);
	data_part_put(s->data, s->part);
	data_destroy(s->data);
	return steps;
}

/* Has arrived what the oldest call asked for, though nothing was copied: memory
   is not touched. */
static void arrive(struct stepped *s)
{
	struct source_call *call = s->script.calls[0];
	struct fill *fill = call->fetch.data;
	int64_t at = fill->start;

	call->fetch.version(fill, "v1");
	while (at < fill->end) {
		at = at + 256 * 1024 < fill->end ? at + 256 * 1024 : fill->end;
		data_lock(s->data);
		fill_receive(fill, at);
		while (reads_on_received(&s->data->reads, fill, 0))
			continue;
		data_dispatch_and_unlock(s->data);
	}
	script_done(call, 0);
}

/* All of a window of three quarters of the memory, as one who walks wants it.
 */
static void fill_ahead(struct stepped *s, int64_t bytes)
{
	int64_t before;

	data_lock(s->data);
	prefetch_want(&s->data->wants, s->part, 0, bytes, 0, NULL);
	data_dispatch_and_unlock(s->data);
	do {
		before = data_cached_bytes(s->data, 2);
		for (size_t i = s->script.count; i > 0; i--)
			arrive(s);
	} while (data_cached_bytes(s->data, 2) > before);
}

static void read_at(struct stepped *s, int64_t offset, bool there)
{
	struct data_waiter waiter = {.waiter.wake = no_wake};
	struct data_view view;
	int err = data_read(s->data, s->part, offset, DATA_MAX_READ, &waiter,
			    &view);

	if (there) {
		assert_int_equal(err, 0);
		data_view_finish(s->data, &view);
		return;
	}
	assert_int_equal(err, DATA_PARKED);
	assert_true(data_unpark(s->data, &waiter, -EINTR));
	data_resume(s->data);
	while (s->script.count)
		script_done(s->script.calls[0], -ECANCELED);
}

/* The most steps of a life in which the memory is filled, read, missed,
   evicted, demoted, expired and orphaned. */
static uint64_t steps_of(int64_t memory, int64_t size)
{
	static struct stepped s;
	int64_t ahead = memory / 4 * 3;

	begin(&s, memory, size);
	/* As much as it comes to when all that is fetched ahead is read. */
	s.data->pool.max_ahead = s.data->pool.count / 4 * 3;
	fill_ahead(&s, ahead);
	assert_true(data_cached_bytes(s.data, 2) > ahead / 2);
	for (int64_t at = 0; at < ahead / 2 - 2 * MIB; at += ahead / 37)
		read_at(&s, at - at % 4096 + 100, true);
	for (int64_t at = size / 2; at < size - 2 * MIB; at += size / 61)
		read_at(&s, at, false);
	/* Others are read, with what was fetched ahead in the way. */
	data_close(s.data, s.part);
	assert_int_equal(data_open(s.data, s.part), 0);
	fill_ahead(&s, ahead);
	/* Forgotten, all of it, while it is open. */
	data_lock(s.data);
	part_drop_extents(&s.data->parts, s.part);
	data_dispatch_and_unlock(s.data);
	fill_ahead(&s, MIB);
	return end(&s);
}

static void the_lock_is_held_for_a_bounded_number_of_steps(void **state)
{
	static const struct {
		int64_t memory, size;
	} cases[] = {
		{8 * 1024 * 1024, INT64_C(1) << 30},
		{256 * 1024 * 1024, INT64_C(1) << 34},
		{INT64_C(2) << 30, INT64_C(1) << 40},
		{INT64_C(8) << 30, INT64_C(1) << 40},
		{INT64_C(32) << 30, INT64_C(1) << 40},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		uint64_t steps = steps_of(cases[i].memory, cases[i].size);

		print_message("# memory=%" PRId64 "M, a part of %" PRId64
			      " GiB: at most %" PRIu64 " steps\n",
			      cases[i].memory / MIB, cases[i].size / GIB,
			      steps);
		assert_true(steps <= DATA_LOCK_STEPS);
	}
}

/* A walk begins with all of the window at once: 16 parts of 1 TiB. */
static void a_walk_begins_in_as_few(void **state)
{
	static struct stepped s;
	struct data_part *parts[16];
	uint64_t inodes[16];

	(void)state;
	begin(&s, 8 * GIB, TIB);
	for (size_t i = 0; i < COUNT_OF(parts); i++) {
		char path[16];
		const struct data_identity identity = {i + 100, "id", path,
						       TIB};

		snprintf(path, sizeof(path), "part-%zu", i);
		assert_int_equal(data_part_get(s.data, &identity, &parts[i]),
				 0);
		inodes[i] = i + 100;
	}
	for (size_t i = 0; i < COUNT_OF(parts); i++) {
		struct data_waiter waiter = {.waiter.wake = no_wake};
		size_t after = COUNT_OF(parts) - i - 1;
		struct data_view view;

		assert_int_equal(data_open(s.data, parts[i]), 0);
		data_hint(s.data, parts[i], inodes + i + 1,
			  after < DATA_SIBLINGS ? after : DATA_SIBLINGS, true);
		for (int64_t at = 0; at < 2 * MIB; at += DATA_MAX_READ) {
			int err = data_read(s.data, parts[i], at, DATA_MAX_READ,
					    &waiter, &view);

			while (err == DATA_PARKED) {
				arrive(&s);
				err = data_read(s.data, parts[i], at,
						DATA_MAX_READ, &waiter, &view);
			}
			assert_int_equal(err, 0);
			data_view_finish(s.data, &view);
		}
	}
	assert_true(data_count(s.data).prefetches > 0);
	while (s.script.count)
		script_done(s.script.calls[0], -ECANCELED);
	for (size_t i = 0; i < COUNT_OF(parts); i++) {
		data_close(s.data, parts[i]);
		data_part_put(s.data, parts[i]);
	}
	assert_true(end(&s) <= DATA_LOCK_STEPS);
}

/* Every other page is there, and so every gap is a range of its own. */
static void many_gaps_are_no_more_steps(void **state)
{
	static struct stepped s;

	(void)state;
	begin(&s, 64 * MIB, GIB);
	for (int64_t at = 0; at < 8 * MIB; at += 8192) {
		struct data_waiter waiter = {.waiter.wake = no_wake};
		struct data_view view;

		/* Not in order: nothing is fetched ahead of it. */
		int64_t place = (at / 8192 * 37 % 1024) * 8192 + GIB / 2;
		int err = data_read(s.data, s.part, place, 100, &waiter, &view);

		while (err == DATA_PARKED) {
			arrive(&s);
			err = data_read(s.data, s.part, place, 100, &waiter,
					&view);
		}
		assert_int_equal(err, 0);
		data_view_finish(s.data, &view);
	}
	for (int64_t at = GIB / 2; at < GIB / 2 + 8 * MIB; at += DATA_MAX_READ)
		read_at(&s, at, false);
	assert_true(end(&s) <= DATA_LOCK_STEPS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			the_lock_is_held_for_a_bounded_number_of_steps),
		cmocka_unit_test(a_walk_begins_in_as_few),
		cmocka_unit_test(many_gaps_are_no_more_steps),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
