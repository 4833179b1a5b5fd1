/* Listings through the cache: there when the platform is slow or away, and
   never in the way of what it says. */

#include "test.h"

#include <fcntl.h>
#include <pthread.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cache_fixture.h"
#include "cached_listing.h"
#include "caifs/clock.h"

static const struct source_query DATASETS = {.kind = SOURCE_DATASETS};
static const struct source_query BATCHES = {
	.kind = SOURCE_BATCHES,
	.dataset_id = "d1",
};
static const struct source_query PARTS = {
	.kind = SOURCE_PARTS,
	.batch_id = "b1",
	.batch_key = "b1",
	.batch_alternate_id = "",
};

static struct cache_fixture fixture;

static int set_up(void **state)
{
	(void)state;
	cache_fixture_init(&fixture);
	fake_add_dataset(fixture.fake, "d1", "one");
	fake_add_dataset(fixture.fake, "d2", "two");
	fake_add_batch(fixture.fake, "d1",
		       &(struct fake_batch){.id = "b1",
					    .alternate_id = "",
					    .replaces = "",
					    .created_ms = 1,
					    .modified_ms = 2});
	fake_add_part(fixture.fake, "b1", "f1", "part-0", 10);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	fake_open(fixture.fake);
	cache_fixture_finish(&fixture);
	return 0;
}

static int64_t stale(void)
{
	return cache_count(fixture.cache).stale_listings;
}

static void assert_lists(const struct source_query *query, const char *wanted)
{
	char ids[512];

	assert_int_equal(cache_list(fixture.cache, query, ids, sizeof(ids)), 0);
	assert_string_equal(ids, wanted);
}

static void assert_fails(const struct source_query *query, int wanted)
{
	char ids[512];

	assert_int_equal(cache_list(fixture.cache, query, ids, sizeof(ids)),
			 wanted);
}

static void what_the_platform_says_is_passed_on(void **state)
{
	(void)state;
	fake_set_page_size(fixture.fake, 1);
	assert_lists(&DATASETS, "d1 d2 ");
	assert_lists(&BATCHES, "b1 ");
	assert_lists(&PARTS, "f1 ");
	fake_restart_next(fixture.fake);
	assert_lists(&DATASETS, "d1 d2 ");
	fake_remove(fixture.fake, "d2");
	assert_lists(&DATASETS, "d1 ");
	cache_fixture_reopen(&fixture);
	assert_lists(&DATASETS, "d1 ");
	assert_int_equal(stale(), 0);
}

static void without_the_platform_the_old_one_is_used(void **state)
{
	static const int errors[] = {-EIO, -ETIMEDOUT};

	(void)state;
	assert_lists(&DATASETS, "d1 d2 ");
	assert_lists(&PARTS, "f1 ");
	for (size_t i = 0; i < COUNT_OF(errors); i++) {
		cache_fixture_reopen(&fixture);
		for (int kind = 0; kind <= SOURCE_PARTS; kind++)
			fake_fail_all(fixture.fake, kind, errors[i]);
		assert_lists(&DATASETS, "d1 d2 ");
		assert_lists(&PARTS, "f1 ");
		assert_fails(&BATCHES, errors[i]);
		assert_int_equal(stale(), 2);
	}
}

static void a_refusal_is_never_masked(void **state)
{
	static const int errors[] = {-EACCES, -ENOENT, -ESTALE};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(errors); i++) {
		assert_lists(&DATASETS, "d1 d2 ");
		cache_fixture_reopen(&fixture);
		fake_fail_all(fixture.fake, SOURCE_DATASETS, errors[i]);
		assert_fails(&DATASETS, errors[i]);
		assert_int_equal(stale(), 0);
		cache_fixture_reopen(&fixture);
		/* And what was refused is not cached. */
		assert_int_equal(
			cache_fixture_files(&fixture, ".list", NULL, NULL),
			errors[i] == -ESTALE);
		fake_fail_all(fixture.fake, SOURCE_DATASETS, 0);
	}
}

static void what_is_slow_is_waited_for_in_bounds(void **state)
{
	int64_t began;

	(void)state;
	assert_lists(&DATASETS, "d1 d2 ");
	cache_fixture_reopen(&fixture);
	fake_hold(fixture.fake);
	/* The first of this process: at once, as it were. */
	began = clock_now_ms();
	assert_lists(&DATASETS, "d1 d2 ");
	assert_in_range(clock_now_ms() - began, 100, 1500);
	/* It goes on, is joined, and then waited for. */
	began = clock_now_ms();
	assert_lists(&DATASETS, "d1 d2 ");
	assert_in_range(clock_now_ms() - began, 1900, 3500);
	assert_int_equal(fake_count(fixture.fake, SOURCE_DATASETS), 2);
	assert_int_equal(stale(), 2);
	/* Its result is cached all the same. */
	fake_open(fixture.fake);
	fake_await_idle(fixture.fake);
	fake_remove(fixture.fake, "d2");
	assert_lists(&DATASETS, "d1 ");
	assert_int_equal(stale(), 2);
}

static void a_refresh_that_is_late_is_kept(void **state)
{
	(void)state;
	assert_lists(&DATASETS, "d1 d2 ");
	cache_fixture_reopen(&fixture);
	fake_remove(fixture.fake, "d2");
	fake_hold(fixture.fake);
	assert_lists(&DATASETS, "d1 d2 ");
	fake_open(fixture.fake);
	fake_await_idle(fixture.fake);
	fixture.offline = true;
	cache_fixture_reopen(&fixture);
	assert_lists(&DATASETS, "d1 ");
}

static void offline_asks_for_nothing(void **state)
{
	int asked;

	(void)state;
	assert_lists(&DATASETS, "d1 d2 ");
	fixture.offline = true;
	cache_fixture_reopen(&fixture);
	asked = fake_count_all(fixture.fake);
	assert_lists(&DATASETS, "d1 d2 ");
	assert_fails(&BATCHES, -EIO);
	assert_int_equal(fake_count_all(fixture.fake), asked);
}

static void a_name_that_does_not_exist_is_not_kept(void **state)
{
	const struct source_query probe = {
		.kind = SOURCE_DATASET,
		.dataset_id = "nothing",
	};

	(void)state;
	assert_fails(&probe, -ENOENT);
	cache_fixture_reopen(&fixture);
	assert_int_equal(cache_fixture_files(&fixture, ".list", NULL, NULL), 0);
}

static void other_scopes_have_other_listings(void **state)
{
	(void)state;
	assert_lists(&DATASETS, "d1 d2 ");
	fixture.scope = "another";
	cache_fixture_reopen(&fixture);
	fake_fail_all(fixture.fake, SOURCE_DATASETS, -EIO);
	assert_fails(&DATASETS, -EIO);
}

/* Damage ----------------------------------------------------------------- */

static void flip_all(void *data, const char *path)
{
	int directory = open(fixture.directory, O_RDONLY | O_CLOEXEC);
	int fd = open(path, O_RDWR | O_CLOEXEC);
	struct cached_listing *question = data, *read;
	unsigned char byte;
	struct stat st;

	assert_int_equal(fstat(fd, &st), 0);
	for (int at = 0; at < st.st_size * 8; at++) {
		unsigned char bit = (unsigned char)(1u << at % 8);

		assert_int_equal(pread(fd, &byte, 1, at / 8), 1);
		byte ^= bit;
		assert_int_equal(pwrite(fd, &byte, 1, at / 8), 1);
		assert_int_equal(cached_listing_create_like(question, &read),
				 0);
		assert_int_equal(cached_listing_read(directory, read),
				 -EBADMSG);
		cached_listing_unref(read);
		byte ^= bit;
		assert_int_equal(pwrite(fd, &byte, 1, at / 8), 1);
	}
	for (off_t size = st.st_size - 1; size >= 0; size--) {
		assert_int_equal(ftruncate(fd, size), 0);
		assert_int_equal(cached_listing_create_like(question, &read),
				 0);
		assert_int_equal(cached_listing_read(directory, read),
				 -EBADMSG);
		cached_listing_unref(read);
	}
	close(fd);
	close(directory);
}

static void every_bit_of_a_listing_counts(void **state)
{
	const struct source_record record = {
		.id = "id",
		.key = "key",
		.alternate_id = "",
		.name = "name",
		.status = "success",
		.client = "",
		.replaces = "a\nb",
		.created_ms = 5,
	};
	int directory = open(fixture.directory, O_RDONLY | O_CLOEXEC);
	struct cached_listing *cached;

	(void)state;
	assert_int_equal(cached_listing_create(7, &BATCHES, &cached), 0);
	assert_int_equal(cached_listing_add(cached, &record, 1), 0);
	assert_int_equal(cached_listing_write(directory, cached), 0);
	assert_int_equal(
		cache_fixture_files(&fixture, ".list", flip_all, cached), 1);
	cached_listing_unref(cached);
	close(directory);
}

static void flip_last(void *data, const char *path)
{
	int fd = open(path, O_RDWR | O_CLOEXEC);
	struct stat st;

	(void)data;
	assert_int_equal(fstat(fd, &st), 0);
	assert_int_equal(pwrite(fd, "x", 1, st.st_size - 1), 1);
	close(fd);
}

static void damage_is_counted_and_not_served(void **state)
{
	(void)state;
	assert_lists(&DATASETS, "d1 d2 ");
	cache_fixture_reopen(&fixture);
	cache_fixture_files(&fixture, ".list", flip_last, NULL);
	fake_fail_all(fixture.fake, SOURCE_DATASETS, -EIO);
	assert_fails(&DATASETS, -EIO);
	assert_int_equal(cache_count(fixture.cache).damaged, 1);
	fake_fail_all(fixture.fake, SOURCE_DATASETS, 0);
	assert_lists(&DATASETS, "d1 d2 ");
}

/* Calls ------------------------------------------------------------------- */

struct outcome {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	int done, err;
};

static int on_page(void *data, const struct source_record *records,
		   size_t count)
{
	(void)data;
	(void)records;
	(void)count;
	return 0;
}

static void on_restart(void *data)
{
	(void)data;
}

static void on_done(void *data, int err)
{
	struct outcome *outcome = data;

	pthread_mutex_lock(&outcome->lock);
	outcome->done++;
	outcome->err = err;
	pthread_cond_signal(&outcome->changed);
	pthread_mutex_unlock(&outcome->lock);
}

static struct source_call *begin(struct outcome *outcome)
{
	const struct source_listing listing = {
		.data = outcome,
		.page = on_page,
		.restart = on_restart,
		.done = on_done,
	};
	struct source_call *call = NULL;

	assert_int_equal(source_list(cache_source(fixture.cache), &DATASETS,
				     &listing, &call),
			 0);
	return call;
}

static void await(struct outcome *outcome)
{
	pthread_mutex_lock(&outcome->lock);
	while (!outcome->done)
		pthread_cond_wait(&outcome->changed, &outcome->lock);
	pthread_mutex_unlock(&outcome->lock);
}

static void a_cancelled_one_ends_and_so_does_what_is_below(void **state)
{
	struct outcome outcomes[2] = {
		{PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, 0, 0},
		{PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, 0, 0},
	};
	struct source *source = cache_source(fixture.cache);
	struct source_call *calls[2];

	(void)state;
	fake_hold(fixture.fake);
	for (int i = 0; i < 2; i++)
		calls[i] = begin(&outcomes[i]);
	assert_int_equal(fake_count(fixture.fake, SOURCE_DATASETS), 1);
	source_cancel(source, calls[0]);
	await(&outcomes[0]);
	assert_int_equal(outcomes[0].err, -ECANCELED);
	assert_int_equal(fake_cancelled(fixture.fake), 0);
	source_cancel(source, calls[1]);
	await(&outcomes[1]);
	assert_int_equal(outcomes[1].err, -ECANCELED);
	assert_int_equal(fake_cancelled(fixture.fake), 1);
	for (int i = 0; i < 2; i++)
		source_unref(source, calls[i]);
}

static void stopping_ends_what_is_under_way(void **state)
{
	struct outcome outcome = {PTHREAD_MUTEX_INITIALIZER,
				  PTHREAD_COND_INITIALIZER, 0, 0};
	struct source_call *call;

	(void)state;
	fake_hold(fixture.fake);
	call = begin(&outcome);
	cache_stop(fixture.cache);
	assert_int_equal(outcome.done, 1);
	assert_int_equal(outcome.err, -ECANCELED);
	source_unref(cache_source(fixture.cache), call);
	assert_fails(&DATASETS, -ECANCELED);
	cache_destroy(fixture.cache);
	fixture.cache = NULL;
}

int main(void)
{
#define CASE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		CASE(what_the_platform_says_is_passed_on),
		CASE(without_the_platform_the_old_one_is_used),
		CASE(a_refusal_is_never_masked),
		CASE(what_is_slow_is_waited_for_in_bounds),
		CASE(a_refresh_that_is_late_is_kept),
		CASE(offline_asks_for_nothing),
		CASE(a_name_that_does_not_exist_is_not_kept),
		CASE(other_scopes_have_other_listings),
		CASE(every_bit_of_a_listing_counts),
		CASE(damage_is_counted_and_not_served),
		CASE(a_cancelled_one_ends_and_so_does_what_is_below),
		CASE(stopping_ends_what_is_under_way),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
