/* What goes wrong below the data layer: errors reach who waits and nobody
   else, versions are never mixed, what nobody wants is given up. */

#include "test.h"

#include <time.h>

#include "caifs/container.h"
#include "data_fixture.h"
#include "data_internal.h"
#include "random.h"

static const int64_t MIB = 1024 * 1024;

enum { FILE_NUMBER = 7 };

static struct data_fixture fixture;
static struct data_part *file;

static int set_up(void **state)
{
	(void)state;
	fixture = data_fixture_create(DATA_MIN_MEMORY, 4);
	if (!fixture.data)
		return -1;
	file = fixture_open(&fixture, FILE_NUMBER, 100 * MIB);
	return file ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	if (file)
		fixture_close(&fixture, file);
	data_fixture_destroy(&fixture);
	return 0;
}

static int read_at(int64_t offset, size_t size)
{
	return fixture_read(&fixture, file, FILE_NUMBER, 100 * MIB, offset,
			    size);
}

/* Errors
 * ----------------------------------------------------------------------- */

static void an_error_reaches_the_reader_and_is_not_remembered(void **state)
{
	static const int errors[] = {-EIO, -EACCES, -ENOENT};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(errors); i++) {
		int64_t at = (int64_t)(10 * i + 5) * MIB;

		fake_fail(fixture.fake, FAKE_FETCH, 1, 0, errors[i]);
		assert_int_equal(read_at(at, 5000), errors[i]);
		assert_int_equal(read_at(at, 5000), 0);
	}
}

/* Whoever asks again at once has waited long enough already. */
static void a_timed_out_wait_is_remembered_for_its_bytes(void **state)
{
	static struct reader first, again, other;

	(void)state;
	fake_fail(fixture.fake, FAKE_FETCH, 1, 0, -ETIMEDOUT);
	reader_init(&first);
	reader_init(&again);
	reader_init(&other);
	first.waiter.caller = again.waiter.caller = 100;
	other.waiter.caller = 101;
	assert_int_equal(reader_go_on(&fixture, &first, file, 5 * MIB, 5000),
			 -ETIMEDOUT);
	assert_int_equal(reader_try(&fixture, &again, file, 5 * MIB, 4096),
			 -ETIMEDOUT);
	assert_int_equal(fake_count(fixture.fake, FAKE_FETCH), 1);
	assert_int_equal(reader_go_on(&fixture, &again, file, 50 * MIB, 4096),
			 0);
	data_view_finish(fixture.data, &again.view);
	/* Another, who comes later, has not waited yet. */
	nanosleep(&(struct timespec){.tv_nsec = 300 * 1000000}, NULL);
	assert_int_equal(reader_go_on(&fixture, &other, file, 5 * MIB, 4096),
			 0);
	data_view_finish(fixture.data, &other.view);
	reader_finish(&first);
	reader_finish(&again);
	reader_finish(&other);
}

/* A range has no deadline: who joins it late has all of his time. */
static void a_latecomer_has_a_deadline_of_its_own(void **state)
{
	static struct reader first, late;

	(void)state;
	reader_init(&first);
	reader_init(&late);
	fake_hold(fixture.fake);
	fake_fail(fixture.fake, FAKE_FETCH, 1, 1, -ETIMEDOUT);
	assert_int_equal(reader_try(&fixture, &first, file, 5 * MIB, 200000),
			 DATA_PARKED);
	nanosleep(&(struct timespec){.tv_nsec = 20 * 1000000}, NULL);
	assert_int_equal(reader_try(&fixture, &late, file, 5 * MIB, 200000),
			 DATA_PARKED);
	fake_open(fixture.fake);
	bell_wait(&first.bell, 1);
	assert_int_equal(reader_try(&fixture, &first, file, 5 * MIB, 200000),
			 -ETIMEDOUT);
	bell_wait(&late.bell, 1);
	assert_int_equal(reader_try(&fixture, &late, file, 5 * MIB, 200000), 0);
	assert_true(reader_is_right(&late, FILE_NUMBER, 5 * MIB, "v1"));
	data_view_finish(fixture.data, &late.view);
	/* It went on from the page that had been reached. */
	assert_true(fake_bytes_asked_twice(fixture.fake) < 200000);
	reader_finish(&first);
	reader_finish(&late);
}

static void an_error_reaches_every_reader_of_the_range(void **state)
{
	enum { READERS = 20 };
	static struct reader readers[READERS];

	(void)state;
	fake_hold(fixture.fake);
	fake_fail(fixture.fake, FAKE_FETCH, 1, 0, -EIO);
	for (int i = 0; i < READERS; i++) {
		reader_init(&readers[i]);
		assert_int_equal(
			reader_try(&fixture, &readers[i], file, 50 * MIB, 5000),
			DATA_PARKED);
	}
	fake_open(fixture.fake);
	for (int i = 0; i < READERS; i++) {
		bell_wait(&readers[i].bell, 1);
		assert_int_equal(
			reader_try(&fixture, &readers[i], file, 50 * MIB, 5000),
			-EIO);
		reader_finish(&readers[i]);
	}
	assert_int_equal(fake_count(fixture.fake, FAKE_FETCH), 1);
	assert_int_equal(read_at(50 * MIB, 5000), 0);
	assert_int_equal(fake_count(fixture.fake, FAKE_FETCH), 2);
}

static void who_has_its_bytes_is_not_told_of_a_later_error(void **state)
{
	static struct reader whole, first;

	(void)state;
	reader_init(&whole);
	reader_init(&first);
	fake_hold(fixture.fake);
	fake_fail(fixture.fake, FAKE_FETCH, 1, 1, -EIO);
	assert_int_equal(reader_try(&fixture, &whole, file, 50 * MIB, 500000),
			 DATA_PARKED);
	assert_int_equal(reader_try(&fixture, &first, file, 50 * MIB, 60000),
			 DATA_PARKED);
	fake_open(fixture.fake);
	bell_wait(&whole.bell, 1);
	bell_wait(&first.bell, 1);
	assert_int_equal(reader_try(&fixture, &whole, file, 50 * MIB, 500000),
			 -EIO);
	assert_int_equal(reader_try(&fixture, &first, file, 50 * MIB, 60000),
			 0);
	assert_true(reader_is_right(&first, FILE_NUMBER, 50 * MIB, "v1"));
	data_view_finish(fixture.data, &first.view);
	reader_finish(&whole);
	reader_finish(&first);
	assert_int_equal(read_at(50 * MIB, 500000), 0);
}

static void a_refused_range_is_an_error_too(void **state)
{
	(void)state;
	fake_refuse(fixture.fake, FAKE_FETCH, 1, -ENOMEM);
	assert_int_equal(read_at(50 * MIB, 5000), -ENOMEM);
	assert_int_equal(read_at(50 * MIB, 5000), 0);
}

static void a_prefetch_that_fails_is_nobodys_error(void **state)
{
	(void)state;
	/* The first range is what was asked for, the rest is ahead of it. */
	assert_int_equal(read_at(0, 65536), 0);
	fake_fail(fixture.fake, FAKE_FETCH, 1, 0, -EIO);
	for (int64_t at = 65536; at < 8 * MIB; at += 65536) {
		int err = read_at(at, 65536);

		/* One that waits for the very range that fails is told. */
		if (err)
			err = read_at(at, 65536);
		assert_int_equal(err, 0);
	}
}

static void what_is_in_memory_is_read_while_the_source_fails(void **state)
{
	(void)state;
	assert_int_equal(read_at(50 * MIB, 100000), 0);
	fake_fail_all(fixture.fake, FAKE_FETCH, -EIO);
	assert_int_equal(read_at(50 * MIB, 100000), 0);
	assert_int_equal(read_at(60 * MIB, 100), -EIO);
}

/* Random faults: right bytes or the error, and nothing else. */
static void a_read_is_right_or_fails(void **state)
{
	struct random random;
	size_t failed = 0;

	(void)state;
	random_init(&random, "faults");
	fake_shuffle(fixture.fake, random_next(&random));
	fake_set_pieces(fixture.fake, 1000, 50000);
	for (size_t n = 0; n < random_cases(1000); n++) {
		int err;

		if (random_below(&random, 2) == 0)
			fake_fail(fixture.fake, FAKE_FETCH,
				  (int)random_between(&random, 1, 3),
				  (int)random_between(&random, 0, 5), -EIO);
		err = read_at(random_between(&random, 0, 12 * MIB),
			      random_below(&random, 300000) + 1);
		if (err)
			assert_int_equal(err, -EIO);
		failed += err != 0;
	}
	assert_true(failed > 0);
	fake_fail(fixture.fake, FAKE_FETCH, 0, 0, 0);
	fake_await_idle(fixture.fake);
	assert_int_equal(read_at(5 * MIB, 500000), 0);
}

/* However many: each that is refused makes room for the next, which is refused
   in its turn. */
static void who_waits_when_the_source_ends_is_woken(void **state)
{
	enum { FILES = 800, EACH = 50, READERS = FILES * EACH };
	struct reader *readers = calloc(READERS, sizeof(*readers));
	struct data_part *files[FILES];

	(void)state;
	assert_non_null(readers);
	fake_hold(fixture.fake);
	for (int i = 0; i < FILES; i++)
		files[i] =
			fixture_open(&fixture, (uint64_t)i + 100, EACH * MIB);
	for (int i = 0; i < READERS; i++) {
		reader_init(&readers[i]);
		assert_int_equal(reader_try(&fixture, &readers[i],
					    files[i / EACH],
					    i % EACH * MIB + 5000, 5000),
				 DATA_PARKED);
	}
	fake_source_stop(fixture.fake);
	for (int i = 0; i < READERS; i++) {
		bell_wait(&readers[i].bell, 1);
		assert_true(reader_try(&fixture, &readers[i], files[i / EACH],
				       i % EACH * MIB + 5000, 5000) < 0);
		reader_finish(&readers[i]);
	}
	for (int i = 0; i < FILES; i++)
		fixture_close(&fixture, files[i]);
	free(readers);
}

/* Versions
 * ----------------------------------------------------------------------- */

static void another_version_is_stale_for_good(void **state)
{
	(void)state;
	assert_int_equal(read_at(50 * MIB, 5000), 0);
	fake_set_version(fixture.fake, "v2");
	assert_int_equal(read_at(60 * MIB, 5000), -ESTALE);
	/* What it has of the old one, too; and when the old one is back. */
	assert_int_equal(read_at(50 * MIB, 5000), -ESTALE);
	fake_set_version(fixture.fake, "v1");
	assert_int_equal(read_at(70 * MIB, 5000), -ESTALE);
	assert_int_equal(read_at(50 * MIB, 5000), -ESTALE);
}

static void assert_reads_as(struct data_part *part, int64_t at,
			    const char *version)
{
	static struct reader reader;

	reader_init(&reader);
	assert_int_equal(reader_go_on(&fixture, &reader, part, at, 5000), 0);
	assert_int_equal(reader_size(&reader), 5000);
	assert_true(reader_is_right(&reader, FILE_NUMBER, at, version));
	data_view_finish(fixture.data, &reader.view);
	reader_finish(&reader);
}

/* Whether the old one is open or not, and whoever reads it. */
static void another_version_is_another_part(void **state)
{
	struct data_part *other;

	(void)state;
	assert_int_equal(read_at(50 * MIB, 5000), 0);
	fake_set_version(fixture.fake, "v2");
	assert_int_equal(read_at(60 * MIB, 5000), -ESTALE);
	other = fixture_open_as(&fixture, 1007, FILE_NUMBER, 100 * MIB);
	assert_non_null(other);
	for (int64_t at = 45 * MIB; at < 65 * MIB; at += 5 * MIB) {
		assert_reads_as(other, at, "v2");
		assert_int_equal(read_at(at, 5000), -ESTALE);
	}
	fixture_close(&fixture, other);
	fake_await_idle(fixture.fake);
}

static void a_stale_part_is_not_opened_again(void **state)
{
	struct data_part *part = file;

	(void)state;
	assert_int_equal(read_at(50 * MIB, 5000), 0);
	assert_int_equal(data_open(fixture.data, part), 0);
	fixture_close(&fixture, part);
	assert_int_equal(fixture.changes->stale, 0);
	fake_set_version(fixture.fake, "v2");
	assert_int_equal(read_at(60 * MIB, 5000), -ESTALE);
	assert_int_equal(data_open(fixture.data, part), -ESTALE);
	fixture_close(&fixture, part);
	file = NULL;
	fake_await_idle(fixture.fake);
	assert_int_equal(data_open(fixture.data, part), -ESTALE);
	/* It was said once that the kernel's pages are to go. */
	assert_int_equal(fixture.changes->stale, 1);
	assert_int_equal(fixture.changes->inode, FILE_NUMBER);
	assert_int_equal(data_cached_bytes(fixture.data, FILE_NUMBER), 0);
}

static void a_change_within_a_range_is_stale(void **state)
{
	static struct reader reader;

	(void)state;
	reader_init(&reader);
	fake_hold(fixture.fake);
	assert_int_equal(reader_try(&fixture, &reader, file, 50 * MIB, 500000),
			 DATA_PARKED);
	fake_step(fixture.fake, 2);
	fake_set_version(fixture.fake, "v2");
	fake_open(fixture.fake);
	bell_wait(&reader.bell, 1);
	assert_int_equal(reader_try(&fixture, &reader, file, 50 * MIB, 500000),
			 -ESTALE);
	assert_int_equal(read_at(50 * MIB, 100), -ESTALE);
	reader_finish(&reader);
}

static void ranges_of_two_versions_at_once_give_one_or_none(void **state)
{
	static struct reader a, b;
	int err;

	(void)state;
	reader_init(&a);
	reader_init(&b);
	fake_hold(fixture.fake);
	assert_int_equal(reader_try(&fixture, &a, file, 50 * MIB, 60000),
			 DATA_PARKED);
	assert_int_equal(reader_try(&fixture, &b, file, 60 * MIB, 60000),
			 DATA_PARKED);
	/* The first range has told its version; then it changes. */
	fake_step(fixture.fake, 1);
	bell_wait(&a.bell, 1);
	fake_set_version(fixture.fake, "v2");
	fake_open(fixture.fake);
	bell_wait(&b.bell, 1);
	err = reader_try(&fixture, &a, file, 50 * MIB, 60000);
	if (err == 0) {
		assert_true(reader_is_right(&a, FILE_NUMBER, 50 * MIB, "v1"));
		data_view_finish(fixture.data, &a.view);
	} else {
		assert_int_equal(err, -ESTALE);
	}
	assert_int_equal(reader_try(&fixture, &b, file, 60 * MIB, 60000),
			 -ESTALE);
	reader_finish(&a);
	reader_finish(&b);
}

static void no_version_is_no_change(void **state)
{
	(void)state;
	fake_set_version(fixture.fake, "");
	for (int64_t at = 40 * MIB; at < 60 * MIB; at += 5 * MIB)
		assert_reads_as(file, at, "");
}

/* An answer without a version for a part that has one is neither the same nor
   another: it is asked again, and what was there stays. */
static void an_answer_without_a_version_proves_nothing(void **state)
{
	int asked;

	(void)state;
	assert_int_equal(read_at(50 * MIB, 5000), 0);
	fake_await_idle(fixture.fake);
	asked = fake_count(fixture.fake, FAKE_FETCH);
	fake_set_version(fixture.fake, "");
	assert_int_equal(read_at(60 * MIB, 5000), -EIO);
	assert_int_equal(fake_count(fixture.fake, FAKE_FETCH), asked + 3);
	assert_int_equal(read_at(50 * MIB, 5000), 0);
	fake_set_version(fixture.fake, "v1");
	assert_int_equal(read_at(60 * MIB, 5000), 0);
	fake_set_version(fixture.fake, "v2");
	assert_int_equal(read_at(70 * MIB, 5000), -ESTALE);
	assert_int_equal(fixture.changes->stale, 1);
}

static void one_answer_without_a_version_is_asked_for_again(void **state)
{
	static struct reader reader;

	(void)state;
	assert_int_equal(read_at(50 * MIB, 5000), 0);
	fake_await_idle(fixture.fake);
	reader_init(&reader);
	fake_set_version(fixture.fake, "");
	fake_hold(fixture.fake);
	assert_int_equal(reader_try(&fixture, &reader, file, 60 * MIB, 5000),
			 DATA_PARKED);
	/* It tells its version and ends. */
	fake_step(fixture.fake, 1);
	assert_int_equal(bell_count(&reader.bell), 0);
	fake_set_version(fixture.fake, "v1");
	fake_open(fixture.fake);
	bell_wait(&reader.bell, 1);
	assert_int_equal(reader_try(&fixture, &reader, file, 60 * MIB, 5000),
			 0);
	assert_true(reader_is_right(&reader, FILE_NUMBER, 60 * MIB, "v1"));
	data_view_finish(fixture.data, &reader.view);
	reader_finish(&reader);
}

/* Bytes that came before any version was told may be of another than that which
   is told later: who was given some does not get the other. */
static void bytes_without_a_version_do_not_mix_with_those_of_one(void **state)
{
	(void)state;
	fake_set_version(fixture.fake, "");
	assert_reads_as(file, 50 * MIB, "");
	assert_reads_as(file, 60 * MIB, "");
	fake_set_version(fixture.fake, "v1");
	assert_int_equal(read_at(70 * MIB, 5000), -ESTALE);
	assert_int_equal(fixture.changes->stale, 1);
}

/* Were none given, they are asked for again, and are of that version. */
static void bytes_without_a_version_that_nobody_got_are_asked_for_again(
	void **state)
{
	static struct reader reader;

	(void)state;
	fake_set_version(fixture.fake, "");
	reader_init(&reader);
	fake_hold(fixture.fake);
	assert_int_equal(reader_try(&fixture, &reader, file, 50 * MIB, 200000),
			 DATA_PARKED);
	fake_step(fixture.fake, 1);
	fake_set_version(fixture.fake, "v1");
	fake_open(fixture.fake);
	bell_wait(&reader.bell, 1);
	assert_int_equal(reader_try(&fixture, &reader, file, 50 * MIB, 200000),
			 0);
	assert_true(reader_is_right(&reader, FILE_NUMBER, 50 * MIB, "v1"));
	data_view_finish(fixture.data, &reader.view);
	reader_finish(&reader);
	assert_int_equal(fixture.changes->stale, 0);
	fake_set_version(fixture.fake, "v2");
	assert_int_equal(read_at(80 * MIB, 5000), -ESTALE);
}

static void another_file_is_not_stale_with_it(void **state)
{
	struct data_part *other = fixture_open(&fixture, 8, 1 * MIB);

	(void)state;
	assert_int_equal(fixture_read(&fixture, other, 8, 1 * MIB, 0, 5000), 0);
	assert_int_equal(read_at(50 * MIB, 5000), 0);
	fake_await_idle(fixture.fake);
	fake_set_version(fixture.fake, "v2");
	assert_int_equal(read_at(60 * MIB, 5000), -ESTALE);
	assert_int_equal(fixture_read(&fixture, other, 8, 1 * MIB, 0, 5000), 0);
	fixture_close(&fixture, other);
}

/* Giving up
 * ------------------------------------------------------------------------ */

static void unparking_the_only_reader_cancels_its_range(void **state)
{
	static struct reader reader;

	(void)state;
	reader_init(&reader);
	fake_hold(fixture.fake);
	assert_int_equal(reader_try(&fixture, &reader, file, 50 * MIB, 5000),
			 DATA_PARKED);
	assert_true(data_unpark(fixture.data, &reader.waiter, -EINTR));
	fake_await_idle(fixture.fake);
	assert_int_equal(fake_cancelled(fixture.fake), 1);
	assert_int_equal(bell_count(&reader.bell), 0);
	assert_false(data_unpark(fixture.data, &reader.waiter, -EINTR));
	reader_finish(&reader);
}

static void unparking_a_read_of_several_ranges_cancels_them_all(void **state)
{
	struct fake_range range;
	int demanded = 0;
	static struct reader reader;

	(void)state;
	/* A known page in the middle makes two of it. */
	assert_int_equal(read_at(50 * MIB + 65536, 4096), 0);
	fake_await_idle(fixture.fake);
	reader_init(&reader);
	fake_hold(fixture.fake);
	assert_int_equal(reader_try(&fixture, &reader, file, 50 * MIB, 200000),
			 DATA_PARKED);
	for (int i = 1; fake_range(fixture.fake, i, &range); i++)
		demanded += !range.prefetch;
	assert_int_equal(demanded, 2);
	assert_true(data_unpark(fixture.data, &reader.waiter, -EINTR));
	assert_int_equal(fake_cancelled(fixture.fake), 2);
	reader_finish(&reader);
}

static void unparking_one_reader_leaves_the_range_to_the_other(void **state)
{
	static struct reader gone, left;

	(void)state;
	reader_init(&gone);
	reader_init(&left);
	fake_hold(fixture.fake);
	assert_int_equal(reader_try(&fixture, &gone, file, 50 * MIB, 5000),
			 DATA_PARKED);
	assert_int_equal(reader_try(&fixture, &left, file, 50 * MIB, 5000),
			 DATA_PARKED);
	assert_true(data_unpark(fixture.data, &gone.waiter, -EINTR));
	assert_int_equal(fake_cancelled(fixture.fake), 0);
	fake_open(fixture.fake);
	bell_wait(&left.bell, 1);
	assert_int_equal(reader_try(&fixture, &left, file, 50 * MIB, 5000), 0);
	assert_true(reader_is_right(&left, FILE_NUMBER, 50 * MIB, "v1"));
	data_view_finish(fixture.data, &left.view);
	assert_int_equal(bell_count(&gone.bell), 0);
	reader_finish(&gone);
	reader_finish(&left);
}

static void one_that_was_woken_is_not_parked(void **state)
{
	static struct reader reader;

	(void)state;
	reader_init(&reader);
	fake_hold(fixture.fake);
	assert_int_equal(reader_try(&fixture, &reader, file, 50 * MIB, 5000),
			 DATA_PARKED);
	fake_open(fixture.fake);
	bell_wait(&reader.bell, 1);
	assert_false(data_unpark(fixture.data, &reader.waiter, -EINTR));
	/* It owns its bytes, which its thread gives back. */
	assert_int_equal(reader_try(&fixture, &reader, file, 50 * MIB, 5000),
			 0);
	data_view_finish(fixture.data, &reader.view);
	reader_finish(&reader);
}

static void a_range_not_yet_begun_is_not_begun_when_given_up(void **state)
{
	enum { READERS = 6 };
	static struct reader readers[READERS];

	(void)state;
	fake_hold(fixture.fake);
	for (int i = 0; i < READERS; i++) {
		reader_init(&readers[i]);
		assert_int_equal(reader_try(&fixture, &readers[i], file,
					    (i + 1) * 10 * MIB, 5000),
				 DATA_PARKED);
	}
	assert_int_equal(fake_count(fixture.fake, FAKE_FETCH), 4);
	for (int i = READERS - 1; i >= 0; i--)
		assert_true(
			data_unpark(fixture.data, &readers[i].waiter, -EINTR));
	fake_await_idle(fixture.fake);
	assert_int_equal(fake_count(fixture.fake, FAKE_FETCH), 4);
	assert_int_equal(fake_cancelled(fixture.fake), 4);
	for (int i = 0; i < READERS; i++)
		reader_finish(&readers[i]);
}

/* The range is cancelled but not yet over when somebody wants it again. */
static void a_range_given_up_and_wanted_again_is_read(void **state)
{
	struct random random;

	(void)state;
	random_init(&random, "wanted again");
	for (size_t n = 0; n < random_cases(200); n++) {
		int64_t at = (int64_t)(n % 90 + 1) * MIB;
		static struct reader gone, again;

		reader_init(&gone);
		reader_init(&again);
		fake_hold(fixture.fake);
		if (reader_try(&fixture, &gone, file, at, 100000) ==
		    DATA_PARKED)
			data_unpark(fixture.data, &gone.waiter, -EINTR);
		else
			data_view_finish(fixture.data, &gone.view);
		if (random_below(&random, 2))
			fake_open(fixture.fake);
		/* A cancelled range ends by itself, held or not. */
		if (reader_try(&fixture, &again, file, at, 100000) ==
		    DATA_PARKED) {
			fake_open(fixture.fake);
			bell_wait(&again.bell, 1);
			assert_int_equal(reader_go_on(&fixture, &again, file,
						      at, 100000),
					 0);
		}
		assert_int_equal(reader_size(&again), 100000);
		assert_true(reader_is_right(&again, FILE_NUMBER, at, "v1"));
		data_view_finish(fixture.data, &again.view);
		fake_open(fixture.fake);
		reader_finish(&gone);
		reader_finish(&again);
	}
}

static void closing_with_ranges_under_way_is_fine(void **state)
{
	(void)state;
	/* Sequential reads leave some ahead of them. */
	for (int64_t at = 0; at < 3 * MIB; at += 131072)
		assert_int_equal(read_at(at, 131072), 0);
	fixture_close(&fixture, file);
	file = NULL;
	fake_await_idle(fixture.fake);
}

/* What its last reader leaves -------------------------------------------------
 */

/* The one who waits closes his handle on the very thread that wakes him. */
static void close_file(struct waiter *waiter)
{
	struct reader *reader =
		container_of(waiter, struct reader, waiter.waiter);
	struct data_view view;

	data_read(fixture.data, file, 0, 65536, &reader->waiter, &view);
	data_view_finish(fixture.data, &view);
	fixture_close(&fixture, file);
	bell_ring(&reader->bell);
}

static void a_close_whenever_it_comes_ends_the_reading(void **state)
{
	static struct reader reader;
	int64_t streaming;
	size_t opens;

	(void)state;
	reader_init(&reader);
	reader.waiter.waiter.wake = close_file;
	/* It fails, and is told so at its end. */
	fake_fail(fixture.fake, FAKE_FETCH, 1, 0, -EIO);
	assert_int_equal(reader_try(&fixture, &reader, file, 0, 65536),
			 DATA_PARKED);
	bell_wait(&reader.bell, 1);
	fake_await_idle(fixture.fake);
	data_lock(fixture.data);
	streaming = fixture.data->streaming_count;
	opens = file->opens;
	data_unlock(fixture.data);
	assert_int_equal(streaming, 0);
	assert_int_equal(opens, 0);
	file = NULL;
	reader_finish(&reader);
}

/* In order, and holds the source with something ahead on its way. */
static void read_until_more_is_asked_for(void)
{
	int64_t at = 0;
	int asked;

	assert_int_equal(read_at(at, 131072), 0);
	fake_await_idle(fixture.fake);
	asked = fake_count(fixture.fake, FAKE_FETCH);
	fake_hold(fixture.fake);
	while (fake_count(fixture.fake, FAKE_FETCH) == asked)
		assert_int_equal(read_at(at += 131072, 131072), 0);
}

/* That it is being read is a state, not an event: what comes ahead after its
   last close is worth no more than what was read. */
static void what_comes_ahead_after_the_close_is_given_up(void **state)
{
	struct data_part *part = file;
	int64_t streaming;
	size_t ahead;

	(void)state;
	read_until_more_is_asked_for();
	fixture_close(&fixture, part);
	file = NULL;
	fake_open(fixture.fake);
	fake_await_idle(fixture.fake);
	data_lock(fixture.data);
	ahead = fixture.data->pool.ahead_count;
	streaming = fixture.data->streaming_count;
	data_unlock(fixture.data);
	assert_int_equal(ahead, 0);
	assert_int_equal(streaming, 0);
	/* And nothing keeps the part but the kernel's inode. */
	fixture_forget(&fixture, part);
	assert_int_equal(data_count(fixture.data).files, 0);
}

/* Nobody can ask for it any more: it is not fetched to its end. */
static void what_is_on_its_way_for_a_part_that_is_forgotten_is_cancelled(
	void **state)
{
	struct data_part *part = file;

	(void)state;
	read_until_more_is_asked_for();
	fixture_close(&fixture, part);
	file = NULL;
	fixture_forget(&fixture, part);
	fake_await_idle(fixture.fake);
	assert_true(fake_cancelled(fixture.fake) > 0);
	assert_int_equal(data_count(fixture.data).files, 0);
	data_resume(fixture.data);
	assert_int_equal(data_count(fixture.data).blocks_used, 0);
}

#define data_test(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		data_test(an_error_reaches_the_reader_and_is_not_remembered),
		data_test(a_timed_out_wait_is_remembered_for_its_bytes),
		data_test(a_latecomer_has_a_deadline_of_its_own),
		data_test(an_error_reaches_every_reader_of_the_range),
		data_test(who_has_its_bytes_is_not_told_of_a_later_error),
		data_test(a_refused_range_is_an_error_too),
		data_test(a_prefetch_that_fails_is_nobodys_error),
		data_test(what_is_in_memory_is_read_while_the_source_fails),
		data_test(a_read_is_right_or_fails),
		data_test(who_waits_when_the_source_ends_is_woken),
		data_test(another_version_is_stale_for_good),
		data_test(another_version_is_another_part),
		data_test(a_stale_part_is_not_opened_again),
		data_test(a_change_within_a_range_is_stale),
		data_test(ranges_of_two_versions_at_once_give_one_or_none),
		data_test(no_version_is_no_change),
		data_test(an_answer_without_a_version_proves_nothing),
		data_test(one_answer_without_a_version_is_asked_for_again),
		data_test(bytes_without_a_version_do_not_mix_with_those_of_one),
		data_test(
			bytes_without_a_version_that_nobody_got_are_asked_for_again),
		data_test(another_file_is_not_stale_with_it),
		data_test(unparking_the_only_reader_cancels_its_range),
		data_test(unparking_a_read_of_several_ranges_cancels_them_all),
		data_test(unparking_one_reader_leaves_the_range_to_the_other),
		data_test(one_that_was_woken_is_not_parked),
		data_test(a_range_not_yet_begun_is_not_begun_when_given_up),
		data_test(a_range_given_up_and_wanted_again_is_read),
		data_test(closing_with_ranges_under_way_is_fine),
		data_test(a_close_whenever_it_comes_ends_the_reading),
		data_test(what_comes_ahead_after_the_close_is_given_up),
		data_test(
			what_is_on_its_way_for_a_part_that_is_forgotten_is_cancelled),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
