/* Whatever has become of a cache's files, what is read is right, and what was
   found damaged is counted. */

#include "test.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cache_fixture.h"
#include "part_file.h"
#include "random.h"

static const int64_t KIB = 1024;
static const int64_t MIB = 1024 * 1024;
static const char FILE_ID[] = "01HN00000000000000000000A1";
static const char PATH[] = "part-00000.parquet";

enum { HEADER = 4096, ENTRY = 16 };

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

static int fetches(void)
{
	return fake_count(fixture.fake, FAKE_FETCH);
}

static int64_t damaged(void)
{
	return cache_count(fixture.cache).damaged;
}

static void assert_reads(int64_t file_size)
{
	assert_int_equal(cache_read(fixture.cache, FILE_ID, PATH, file_size, 0,
				    file_size),
			 0);
}

static void note_path(void *data, const char *path)
{
	snprintf(data, 512, "%s", path);
}

/* The one file there is. */
static int open_only(char path[512])
{
	int fd;

	assert_int_equal(
		cache_fixture_files(&fixture, ".part", note_path, path), 1);
	fd = open(path, O_RDWR | O_CLOEXEC);
	assert_true(fd >= 0);
	return fd;
}

static void flip(int fd, int64_t at, int bit)
{
	unsigned char byte;

	assert_int_equal(pread(fd, &byte, 1, at), 1);
	byte = (unsigned char)(byte ^ 1u << bit);
	assert_int_equal(pwrite(fd, &byte, 1, at), 1);
}

/* Reads a whole part, with the byte at `at` changed in between. */
static void read_with_flip(int64_t size, int64_t at, int bit)
{
	int64_t found = damaged();
	int before = fetches();
	char path[512];
	int fd = open_only(path);

	flip(fd, at, bit);
	close(fd);
	assert_reads(size);
	if (damaged() != found + 1 || fetches() != before + 1)
		fail_msg("byte %" PRId64 ": %" PRId64 " found, %d fetches", at,
			 damaged() - found, fetches() - before);
}

/* Opens the cache, so that nothing of the file is known. */
static void start_over(void)
{
	cache_fixture_reopen(&fixture);
}

static void every_bit_of_the_header_counts(void **state)
{
	const struct source_range range = {
		.file_id = FILE_ID, .path = PATH, .file_size = 10000};
	struct part_file file;
	struct part_key key;
	char path[512];
	int fd, directory;

	(void)state;
	assert_int_equal(part_key_make(7, &range, &key), 0);
	directory = open(fixture.directory, O_RDONLY | O_CLOEXEC);
	assert_int_equal(part_file_create(directory, &key, "v1", &file), 0);
	close(file.fd);
	fd = open_only(path);
	for (int at = 0; at < HEADER * 8; at++) {
		flip(fd, at / 8, at % 8);
		assert_int_equal(part_file_open(directory, &key, &file),
				 -EBADMSG);
		flip(fd, at / 8, at % 8);
	}
	assert_int_equal(part_file_open(directory, &key, &file), 0);
	assert_string_equal(file.version, "v1");
	close(file.fd);
	close(fd);
	close(directory);
}

static void a_damaged_header_is_made_anew(void **state)
{
	const int64_t size = 10000;

	(void)state;
	assert_reads(size);
	for (int64_t at = 0; at < HEADER; at += at < 192 ? 1 : 97) {
		start_over();
		read_with_flip(size, at, (int)(at % 8));
	}
}

static void every_byte_of_the_entries_counts(void **state)
{
	const int64_t size = 10000;

	(void)state;
	assert_reads(size);
	for (int64_t at = 0; at < 3 * ENTRY; at++) {
		start_over();
		read_with_flip(size, HEADER + at, (int)(at % 8));
	}
}

static void bytes_of_the_pages_count(void **state)
{
	const int64_t size = 10000;
	struct random random;

	(void)state;
	random_init(&random, "damage");
	assert_reads(size);
	for (int i = 0; i < 300; i++) {
		start_over();
		read_with_flip(
			size, 2 * HEADER + random_between(&random, 0, size - 1),
			i % 8);
	}
}

static void several_bad_pages_are_fetched_and_nothing_else(void **state)
{
	const int64_t size = 4 * MIB;
	char path[512];
	int fd;

	(void)state;
	assert_reads(size);
	start_over();
	fd = open_only(path);
	for (int page = 0; page < 10; page++)
		flip(fd, HEADER + 16 * KIB + page * 400 * KIB + 5, 3);
	close(fd);
	assert_reads(size);
	assert_int_equal(damaged(), 10);
	assert_int_equal(fetches(), 11);
	start_over();
	assert_reads(size);
	assert_int_equal(damaged(), 0);
	assert_int_equal(fetches(), 11);
}

static void a_truncated_file_is_read_as_far_as_it_goes(void **state)
{
	const int64_t size = 100000;
	char path[512];
	int fd;

	(void)state;
	for (int64_t length = 0; length < size; length += 997) {
		assert_reads(size);
		start_over();
		fd = open_only(path);
		assert_int_equal(ftruncate(fd, length), 0);
		close(fd);
		assert_reads(size);
		start_over();
		fake_fail_all(fixture.fake, FAKE_FETCH, -EIO);
		assert_reads(size);
		fake_fail_all(fixture.fake, FAKE_FETCH, 0);
	}
}

static void pages_in_the_wrong_place_are_found(void **state)
{
	const int64_t size = 64 * KIB;
	char path[512], page[4096], entry[ENTRY];
	int fd;

	(void)state;
	assert_reads(size);
	start_over();
	fd = open_only(path);
	assert_int_equal(pread(fd, page, sizeof(page), 2 * HEADER), 4096);
	assert_int_equal(pread(fd, entry, ENTRY, HEADER), ENTRY);
	assert_int_equal(pwrite(fd, page, sizeof(page), 5 * HEADER), 4096);
	assert_int_equal(pwrite(fd, entry, ENTRY, HEADER + 3 * ENTRY), ENTRY);
	close(fd);
	assert_reads(size);
	assert_int_equal(damaged(), 1);
}

static void what_is_no_file_of_ours_does_no_harm(void **state)
{
	static const char noise[] = "this is not what you are looking for";
	char path[512];
	int fd;

	(void)state;
	assert_reads(MIB);
	for (int kind = 0; kind < 5; kind++) {
		start_over();
		close(open_only(path));
		assert_int_equal(unlink(path), 0);
		if (kind == 0)
			assert_int_equal(symlink("/etc/passwd", path), 0);
		else if (kind == 1)
			assert_int_equal(mkfifo(path, 0600), 0);
		else if (kind == 2)
			assert_int_equal(mkdir(path, 0700), 0);
		else {
			fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
			assert_true(fd >= 0);
			if (kind == 3)
				assert_int_equal(write(fd, noise, 36), 36);
			close(fd);
		}
		assert_reads(MIB);
		start_over();
		assert_reads(MIB);
		start_over();
		fake_fail_all(fixture.fake, FAKE_FETCH, -EIO);
		assert_reads(MIB);
		fake_fail_all(fixture.fake, FAKE_FETCH, 0);
	}
}

static void swapped_files_are_not_taken_for_each_other(void **state)
{
	char path[512], other[600];

	(void)state;
	assert_int_equal(
		cache_read(fixture.cache, FILE_ID, "other", MIB, 0, MIB), 0);
	start_over();
	close(open_only(path));
	snprintf(other, sizeof(other), "%s.kept", path);
	assert_int_equal(rename(path, other), 0);
	assert_reads(MIB);
	start_over();
	close(open_only(path));
	assert_int_equal(rename(other, path), 0);
	assert_reads(MIB);
	assert_int_equal(damaged(), 1);
}

/* A disk that fails
 * ----------------------------------------------------------- */

static void a_vanished_directory_is_done_without(void **state)
{
	char moved[128];

	(void)state;
	assert_reads(MIB);
	start_over();
	snprintf(moved, sizeof(moved), "%s.gone", fixture.directory);
	assert_int_equal(rename(fixture.directory, moved), 0);
	assert_reads(MIB);
	assert_int_equal(rename(moved, fixture.directory), 0);
	cache_fixture_close(fixture.cache);
	fixture.cache = cache_fixture_open(&fixture);
	assert_reads(MIB);
	assert_int_equal(fetches(), 1);
}

static void a_full_disk_is_done_without(void **state)
{
	const int64_t part = 6 * MIB;
	int err = mount("none", fixture.directory, "tmpfs", 0,
			"size=4m,mode=700");

	(void)state;
	if (err) {
		skip();
		return;
	}
	cache_fixture_reopen(&fixture);
	for (int round = 0; round < 3; round++) {
		assert_reads(part);
		cache_fixture_reopen(&fixture);
	}
	cache_fixture_close(fixture.cache);
	fixture.cache = NULL;
	assert_int_equal(umount(fixture.directory), 0);
}

static void a_read_only_disk_is_read(void **state)
{
	int err = mount("none", fixture.directory, "tmpfs", 0,
			"size=4m,mode=700");

	(void)state;
	if (err) {
		skip();
		return;
	}
	cache_fixture_reopen(&fixture);
	assert_reads(MIB);
	cache_fixture_close(fixture.cache);
	assert_int_equal(mount("none", fixture.directory, NULL,
			       MS_REMOUNT | MS_RDONLY, NULL),
			 0);
	fixture.cache = cache_fixture_open(&fixture);
	assert_reads(MIB);
	assert_int_equal(fetches(), 1);
	assert_reads(MIB + 1);
	assert_int_equal(fetches(), 2);
	cache_fixture_close(fixture.cache);
	fixture.cache = NULL;
	assert_int_equal(umount(fixture.directory), 0);
}

/* A process that is killed
 * --------------------------------------------------- */

/* Reads all over a part, into the cache, until it is killed. */
static void read_until_killed(uint64_t seed, int64_t size)
{
	struct random random = {seed};
	struct cache_fixture own = fixture;

	own.fake = fake_source_create();
	fake_set_pieces(own.fake, 1, 50000);
	own.cache = cache_fixture_open(&own);
	for (;;) {
		int64_t offset = random_between(&random, 0, size - 1);
		int64_t length = random_between(&random, 1, 300000);

		if (length > size - offset)
			length = size - offset;
		if (cache_read(own.cache, FILE_ID, PATH, size, offset, length))
			_exit(1);
		if (random_below(&random, 40) == 0)
			fake_set_version(own.fake, random_below(&random, 2)
							   ? "v1"
							   : "v2");
	}
}

static void killed_at_any_instant_it_leaves_nothing_wrong(void **state)
{
	const char *given = getenv("CAIFS_TEST_KILLS");
	const int rounds = given ? atoi(given) : 200;
	const int64_t size = 5 * MIB + 123;
	struct random random;

	(void)state;
	random_init(&random, "kills");
	cache_fixture_close(fixture.cache);
	fixture.cache = NULL;
	for (int i = 0; i < rounds; i++) {
		uint64_t seed = random_next(&random);
		pid_t child;
		int status;

		/* Before any thread is there to be copied half-way. */
		fake_source_destroy(fixture.fake);
		fixture.fake = NULL;
		child = fork();
		assert_true(child >= 0);
		if (child == 0)
			read_until_killed(seed, size);
		usleep((useconds_t)random_between(&random, 500, 15000));
		assert_int_equal(kill(child, SIGKILL), 0);
		assert_int_equal(waitpid(child, &status, 0), child);
		assert_true(WIFSIGNALED(status));
		fixture.fake = fake_source_create();
		fixture.cache = cache_fixture_open(&fixture);
		assert_reads(size);
		if (i % 16 == 0) { /* and what it had left is written again */
			cache_fixture_reopen(&fixture);
			fake_fail_all(fixture.fake, FAKE_FETCH, -EIO);
			assert_reads(size);
			fake_fail_all(fixture.fake, FAKE_FETCH, 0);
		}
		if (i % 4 == 0) /* from nothing */
			assert_int_equal(cache_read(fixture.cache, FILE_ID,
						    PATH, size, 0, 1),
					 0);
		cache_fixture_close(fixture.cache);
		fixture.cache = NULL;
		if (i % 4 == 0) {
			char path[512];

			close(open_only(path));
			unlink(path);
		}
	}
}

int main(void)
{
#define CASE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		CASE(every_bit_of_the_header_counts),
		CASE(a_damaged_header_is_made_anew),
		CASE(every_byte_of_the_entries_counts),
		CASE(bytes_of_the_pages_count),
		CASE(several_bad_pages_are_fetched_and_nothing_else),
		CASE(a_truncated_file_is_read_as_far_as_it_goes),
		CASE(pages_in_the_wrong_place_are_found),
		CASE(what_is_no_file_of_ours_does_no_harm),
		CASE(swapped_files_are_not_taken_for_each_other),
		CASE(a_vanished_directory_is_done_without),
		CASE(a_full_disk_is_done_without),
		CASE(a_read_only_disk_is_read),
		CASE(killed_at_any_instant_it_leaves_nothing_wrong),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
