/* Bytes through the cache: what was fetched is not fetched again, and what is
   read is right whatever has become of the files. */

#include "test.h"

#include <fcntl.h>
#include <pthread.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "cache_fixture.h"
#include "caifs/clock.h"
#include "caifs/latch.h"
#include "random.h"

static const int64_t KIB = 1024;
static const int64_t MIB = 1024 * 1024;
static const char FILE_ID[] = "01HN00000000000000000000A1";
static const char PATH[] = "part-00000.parquet";

static struct cache_fixture fixture;

static int set_up(void **state)
{
	(void)state;
	cache_fixture_init(&fixture);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	cache_fixture_finish(&fixture);
	return 0;
}

static void assert_reads(int64_t file_size, int64_t offset, int64_t size)
{
	int err = cache_read(fixture.cache, FILE_ID, PATH, file_size, offset,
			     size);

	if (err)
		fail_msg("%" PRId64 " at %" PRId64 " of %" PRId64 ": %s", size,
			 offset, file_size, err > 0 ? "wrong" : strerror(-err));
}

static int fetches(void)
{
	return fake_count(fixture.fake, FAKE_FETCH);
}

static void remove_path(void *data, const char *path)
{
	(void)data;
	assert_int_equal(unlink(path), 0);
}

/* What is kept
 * ---------------------------------------------------------------------- */

static void what_was_read_is_not_fetched_again(void **state)
{
	static const int64_t sizes[] = {1,     4095,  4096,    4097,
					65536, 65537, 3000000, 9 * 1048576};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(sizes); i++) {
		int before;

		assert_reads(sizes[i], 0, sizes[i]);
		cache_fixture_reopen(&fixture);
		before = fetches();
		assert_reads(sizes[i], 0, sizes[i]);
		assert_reads(sizes[i], sizes[i] / 2, 1);
		assert_int_equal(fetches(), before);
	}
	assert_int_equal(cache_count(fixture.cache).damaged, 0);
}

static void a_file_put_together_in_any_order_is_whole(void **state)
{
	const int64_t size = 2 * MIB + 77;
	struct random random;

	(void)state;
	random_init(&random, "cache reads");
	fake_set_pieces(fixture.fake, 1, 40000);
	for (int i = 0; i < 300; i++) {
		int64_t offset = random_between(&random, 0, size - 1);
		int64_t length = random_between(&random, 1, 100000);

		if (length > size - offset)
			length = size - offset;
		assert_reads(size, offset, length);
		if (i % 50 == 49)
			cache_fixture_reopen(&fixture);
	}
	assert_reads(size, 0, size);
	cache_fixture_reopen(&fixture);
	fake_fail_all(fixture.fake, FAKE_FETCH, -EIO);
	assert_reads(size, 0, size);
}

static void a_gap_is_asked_for_by_itself(void **state)
{
	struct fake_range range;

	(void)state;
	assert_reads(MIB, 0, 256 * KIB);
	assert_reads(MIB, 512 * KIB, 512 * KIB);
	cache_fixture_reopen(&fixture);
	assert_reads(MIB, 0, MIB);
	assert_int_equal(fetches(), 3);
	assert_true(fake_range(fixture.fake, 2, &range));
	assert_int_equal(range.offset, 256 * KIB);
	assert_int_equal(range.size, 256 * KIB);
}

static void other_parts_and_scopes_are_told_apart(void **state)
{
	(void)state;
	assert_reads(MIB, 0, MIB);
	cache_fixture_reopen(&fixture);
	assert_int_equal(
		cache_read(fixture.cache, FILE_ID, "other", MIB, 0, MIB), 0);
	assert_int_equal(cache_read(fixture.cache, "other", PATH, MIB, 0, MIB),
			 0);
	assert_reads(MIB + 1, 0, MIB + 1);
	assert_int_equal(fetches(), 4);
	fixture.scope = "another";
	cache_fixture_reopen(&fixture);
	assert_reads(MIB, 0, MIB);
	assert_int_equal(fetches(), 5);
}

static void versions_are_never_mixed(void **state)
{
	(void)state;
	assert_reads(MIB, 0, 512 * KIB);
	cache_fixture_reopen(&fixture);
	fake_set_version(fixture.fake, "v2");
	/* Its reader is told, and here does not mind. */
	assert_int_equal(cache_read(fixture.cache, FILE_ID, PATH, MIB,
				    512 * KIB, 512 * KIB),
			 0);
	cache_fixture_reopen(&fixture);
	assert_reads(MIB, 0, MIB);
	assert_int_equal(fetches(), 3);
	cache_fixture_reopen(&fixture);
	assert_reads(MIB, 0, MIB);
	assert_int_equal(fetches(), 3);
}

/* It is neither the same nor another: what is there stays, and nothing of it is
   put beside that. */
static void an_answer_without_a_version_neither_wipes_nor_fills(void **state)
{
	int asked;

	(void)state;
	assert_reads(4 * MIB, 0, MIB);
	cache_fixture_reopen(&fixture);
	fake_set_version(fixture.fake, "");
	assert_reads(4 * MIB, 2 * MIB, MIB);
	fake_set_version(fixture.fake, "v1");
	cache_fixture_reopen(&fixture);
	asked = fetches();
	assert_reads(4 * MIB, 0, MIB);
	assert_int_equal(fetches(), asked);
	assert_reads(4 * MIB, 2 * MIB, MIB);
	assert_int_equal(fetches(), asked + 1);
	/* One that tells another wipes it all the same. */
	fake_set_version(fixture.fake, "v2");
	assert_reads(4 * MIB, 3 * MIB, MIB);
	cache_fixture_reopen(&fixture);
	asked = fetches();
	assert_reads(4 * MIB, 0, MIB);
	assert_int_equal(fetches(), asked + 1);
}

static void an_old_version_is_forgotten_though_nobody_takes_the_new(
	void **state)
{
	(void)state;
	for (int round = 0; round < 20; round++) {
		fake_set_version(fixture.fake, round % 2 ? "v2" : "v1");
		cache_read(fixture.cache, FILE_ID, PATH, MIB, 0, 512 * KIB);
		cache_fixture_reopen(&fixture); /* it is written now */
		fake_set_version(fixture.fake, round % 2 ? "v1" : "v2");
		assert_int_equal(cache_read_strictly(fixture.cache, FILE_ID,
						     PATH, MIB, 0, MIB),
				 -ESTALE);
		if (round % 4 == 0)
			cache_fixture_reopen(&fixture);
		assert_int_equal(cache_read_strictly(fixture.cache, FILE_ID,
						     PATH, MIB, 0, MIB),
				 0);
		cache_fixture_reopen(&fixture);
		cache_fixture_files(&fixture, ".part", remove_path, NULL);
	}
}

static void a_failure_below_is_passed_on(void **state)
{
	static const int errors[] = {-EIO, -EACCES, -ESTALE, -ETIMEDOUT};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(errors); i++) {
		fake_fail(fixture.fake, FAKE_FETCH, 1, 1, errors[i]);
		assert_int_equal(
			cache_read(fixture.cache, FILE_ID, PATH, MIB, 0, MIB),
			errors[i]);
		fake_refuse(fixture.fake, FAKE_FETCH, 1, errors[i]);
		assert_int_equal(
			cache_read(fixture.cache, FILE_ID, PATH, MIB, 0, MIB),
			errors[i]);
	}
	assert_reads(MIB, 0, MIB);
}

static void offline_asks_for_nothing(void **state)
{
	(void)state;
	assert_reads(MIB, 0, 512 * KIB);
	fixture.offline = true;
	cache_fixture_reopen(&fixture);
	assert_reads(MIB, 0, 512 * KIB);
	assert_int_equal(cache_read(fixture.cache, FILE_ID, PATH, MIB,
				    511 * KIB, 2 * KIB),
			 -EIO);
	assert_int_equal(fetches(), 1);
}

static void the_limit_is_kept(void **state)
{
	char path[32];

	(void)state;
	fixture.size_bytes = 4 * MIB;
	cache_fixture_reopen(&fixture);
	for (int i = 0; i < 40; i++) {
		snprintf(path, sizeof(path), "part-%d", i);
		assert_int_equal(cache_read(fixture.cache, FILE_ID, path,
					    512 * KIB, 0, 512 * KIB),
				 0);
	}
	cache_fixture_reopen(&fixture);
	assert_int_equal(cache_read(fixture.cache, FILE_ID, "part-39",
				    512 * KIB, 0, 512 * KIB),
			 0);
	assert_int_equal(fetches(), 40);
	assert_true(cache_fixture_files(&fixture, ".part", NULL, NULL) <= 9);
	assert_true(cache_fixture_files(&fixture, ".part", NULL, NULL) >= 4);
}

static void the_floor_is_kept(void **state)
{
	(void)state;
	fixture.free_floor = INT64_MAX / 4;
	cache_fixture_reopen(&fixture);
	assert_reads(MIB, 0, MIB);
	cache_fixture_reopen(&fixture);
	assert_reads(MIB, 0, MIB);
	assert_int_equal(fetches(), 2);
	assert_int_equal(cache_fixture_files(&fixture, ".part", NULL, NULL), 0);
}

static void leave(const char *name, time_t age)
{
	struct timespec times[2] = {{.tv_sec = time(NULL) - age}};
	char path[256];
	int fd;

	snprintf(path, sizeof(path), "%s/ab", fixture.directory);
	mkdir(path, 0700);
	snprintf(path, sizeof(path), "%s/ab/%s", fixture.directory, name);
	fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	assert_true(fd >= 0);
	times[1] = times[0];
	assert_int_equal(futimens(fd, times), 0);
	close(fd);
}

static void what_a_crash_left_is_removed_and_nothing_foreign(void **state)
{
	(void)state;
	leave("ab000000000000000000000000000000.part.new-1-1", 7200);
	leave("ab000000000000000000000000000001.list.new-1-1", 60);
	leave("a letter of mine.part.new-1-1", 7200);
	assert_reads(MIB, 0, MIB);
	cache_fixture_reopen(&fixture);
	assert_int_equal(cache_fixture_files(&fixture, "new-1-1", NULL, NULL),
			 2);
}

/* What becomes of the directory
 * ----------------------------------------------------- */

static void files_may_vanish_under_it(void **state)
{
	(void)state;
	assert_reads(MIB, 0, 512 * KIB);
	cache_fixture_reopen(&fixture);
	assert_reads(MIB, 0, 512 * KIB); /* it is open now */
	cache_fixture_files(&fixture, ".part", remove_path, NULL);
	assert_reads(MIB, 0, MIB);
	cache_fixture_reopen(&fixture);
	assert_reads(MIB, 512 * KIB, 512 * KIB);
	assert_int_equal(fetches(), 2);
}

static void a_directory_that_others_may_read_is_refused(void **state)
{
	char why[256] = "", path[128];

	(void)state;
	assert_int_equal(chmod(fixture.directory, 0750), 0);
	assert_int_equal(
		cache_check_directory(fixture.directory, why, sizeof(why)),
		-EPERM);
	assert_non_null(strstr(why, "chmod 700"));
	assert_int_equal(chmod(fixture.directory, 0700), 0);
	assert_int_equal(
		cache_check_directory(fixture.directory, why, sizeof(why)), 0);
	snprintf(path, sizeof(path), "%s/link", fixture.directory);
	assert_int_equal(symlink(fixture.directory, path), 0);
	assert_true(cache_check_directory(path, why, sizeof(why)) < 0);
	assert_int_equal(unlink(path), 0);
	snprintf(path, sizeof(path), "%s/new", fixture.directory);
	assert_int_equal(cache_check_directory(path, why, sizeof(why)), 0);
	assert_int_equal(rmdir(path), 0);
}

static void assert_private(void *data, const char *path)
{
	struct stat st;

	(void)data;
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_null(strstr(path, "part-00000"));
}

static void its_files_are_private_and_not_named_by_the_server(void **state)
{
	mode_t old = umask(0);

	(void)state;
	assert_reads(MIB, 0, MIB);
	cache_fixture_reopen(&fixture);
	umask(old);
	assert_int_equal(
		cache_fixture_files(&fixture, ".part", assert_private, NULL),
		1);
}

/* Several
 * --------------------------------------------------------------------- */

struct reader {
	pthread_t thread;
	struct cache *cache;
	int err;
};

static void *read_whole(void *data)
{
	struct reader *reader = data;

	for (int64_t at = 0; !reader->err && at < 32 * MIB; at += MIB)
		reader->err = cache_read(reader->cache, FILE_ID, PATH, 32 * MIB,
					 at, MIB);
	return NULL;
}

static void two_caches_fetch_once(void **state)
{
	struct reader readers[2] = {
		{.cache = fixture.cache},
		{.cache = cache_fixture_open(&fixture)},
	};
	int64_t dropped_pages;

	(void)state;
	for (int i = 0; i < 2; i++)
		assert_int_equal(pthread_create(&readers[i].thread, NULL,
						read_whole, &readers[i]),
				 0);
	for (int i = 0; i < 2; i++) {
		pthread_join(readers[i].thread, NULL);
		assert_int_equal(readers[i].err, 0);
	}
	/* But for what came faster than this machine could write. */
	dropped_pages = cache_count(fixture.cache).dropped_pages +
			cache_count(readers[1].cache).dropped_pages;
	cache_fixture_close(readers[1].cache);
	assert_true(fake_bytes_asked_twice(fixture.fake) -
			    dropped_pages * 4096 <=
		    32 * MIB / 20);
}

static void one_that_hangs_is_not_waited_for_long(void **state)
{
	struct fake_source *fake = fixture.fake;
	struct cache *other;
	int64_t began;
	struct reader reader = {.cache = fixture.cache};

	(void)state;
	fake_hold(fake);
	assert_int_equal(
		pthread_create(&reader.thread, NULL, read_whole, &reader), 0);
	fake_await(fake, FAKE_FETCH, 1);
	fixture.fake = fake_source_create();
	other = cache_fixture_open(&fixture);
	assert_int_equal(
		cache_read(other, FILE_ID, PATH, 32 * MIB, 0, 64 * KIB), 0);
	/* Once, not for each range. */
	began = clock_now_ms();
	assert_int_equal(
		cache_read(other, FILE_ID, PATH, 32 * MIB, 128 * KIB, 64 * KIB),
		0);
	assert_true(clock_now_ms() - began < 2500);
	cache_fixture_close(other);
	fake_source_destroy(fixture.fake);
	fixture.fake = fake;
	fake_open(fake);
	pthread_join(reader.thread, NULL);
	assert_int_equal(reader.err, 0);
}

struct cached_listing {
	struct latch come;
	int err;
	int64_t bytes;
};

static void on_kept(void *data, int err, int64_t bytes)
{
	struct cached_listing *cached = data;

	cached->err = err;
	cached->bytes = bytes;
	latch_open(&cached->come);
}

static int64_t kept(int64_t size, int64_t offset, int64_t length)
{
	const struct source_range range = {FILE_ID, PATH,   size,
					   offset,  length, false};
	struct cached_listing cached = {.err = 0};
	const struct source_disk_cached sink = {&cached, on_kept};

	latch_init(&cached.come);
	source_ask_disk_cached(cache_source(fixture.cache), &range, &sink);
	assert_true(latch_wait(&cached.come, 10000));
	latch_finish(&cached.come);
	assert_int_equal(cached.err, 0);
	return cached.bytes;
}

static void what_is_kept_is_told_to_the_byte(void **state)
{
	const int64_t size = 3 * MIB + 77;

	(void)state;
	assert_int_equal(source_max_disk_cached(cache_source(fixture.cache)),
			 fixture.size_bytes);
	assert_int_equal(kept(size, 0, size), 0);
	assert_reads(size, MIB, 64 * KIB);
	assert_reads(size, 3 * MIB, 77);
	assert_int_equal(kept(size, 0, size), 64 * KIB + 77);
	assert_int_equal(kept(size, MIB + 1, 1), 1);
	assert_int_equal(kept(size, MIB - 10, 64 * KIB), 64 * KIB - 10);
	assert_int_equal(kept(size, MIB + 64 * KIB, MIB), 0);
	assert_int_equal(kept(size, 3 * MIB + 70, 7), 7);
	assert_int_equal(kept(size, 0, 0), 0);
	/* Right after the read, however far behind the writer is. */
	assert_reads(size, 0, size);
	assert_int_equal(kept(size, 0, size), size);
	/* And of the part as it is, no other. */
	assert_int_equal(kept(size + 1, 0, size), 0);
	cache_fixture_reopen(&fixture);
	assert_int_equal(kept(size, 0, size), size);
}

static void one_that_is_stopping_does_not_say_what_is_kept(void **state)
{
	const struct source_range range = {FILE_ID, PATH, MIB, 0, MIB, false};
	struct cached_listing cached = {.err = 0};
	const struct source_disk_cached sink = {&cached, on_kept};

	(void)state;
	latch_init(&cached.come);
	cache_stop(fixture.cache);
	source_ask_disk_cached(cache_source(fixture.cache), &range, &sink);
	assert_true(latch_wait(&cached.come, 10000));
	assert_int_equal(cached.err, -ECANCELED);
	latch_finish(&cached.come);
}

int main(void)
{
#define CASE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		CASE(what_was_read_is_not_fetched_again),
		CASE(a_file_put_together_in_any_order_is_whole),
		CASE(a_gap_is_asked_for_by_itself),
		CASE(other_parts_and_scopes_are_told_apart),
		CASE(versions_are_never_mixed),
		CASE(an_answer_without_a_version_neither_wipes_nor_fills),
		CASE(an_old_version_is_forgotten_though_nobody_takes_the_new),
		CASE(a_failure_below_is_passed_on),
		CASE(offline_asks_for_nothing),
		CASE(the_limit_is_kept),
		CASE(the_floor_is_kept),
		CASE(what_a_crash_left_is_removed_and_nothing_foreign),
		CASE(files_may_vanish_under_it),
		CASE(a_directory_that_others_may_read_is_refused),
		CASE(its_files_are_private_and_not_named_by_the_server),
		CASE(two_caches_fetch_once),
		CASE(one_that_hangs_is_not_waited_for_long),
		CASE(what_is_kept_is_told_to_the_byte),
		CASE(one_that_is_stopping_does_not_say_what_is_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
