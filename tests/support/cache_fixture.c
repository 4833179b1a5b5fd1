/* A cache on a fake source: see cache_fixture.h. */

#include "cache_fixture.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "caifs/latch.h"

void cache_fixture_init(struct cache_fixture *fixture)
{
	*fixture = (struct cache_fixture){
		.directory = "/tmp/caifs-cache-test-XXXXXX",
		.size_bytes = INT64_C(1) << 30,
		.fake = fake_source_create(),
		.scope = "scope",
	};
	if (!mkdtemp(fixture->directory))
		abort();
	fixture->cache = cache_fixture_open(fixture);
}

static void remove_file(void *data, const char *path)
{
	(void)data;
	remove(path);
}

void cache_fixture_finish(struct cache_fixture *fixture)
{
	if (fixture->cache)
		cache_fixture_close(fixture->cache);
	fake_source_destroy(fixture->fake);
	cache_fixture_files(fixture, "", remove_file, NULL);
	for (int fan = 0; fan < 256; fan++) {
		char path[128];

		snprintf(path, sizeof(path), "%s/%02x", fixture->directory,
			 fan);
		rmdir(path);
	}
	rmdir(fixture->directory);
}

struct cache *cache_fixture_open(const struct cache_fixture *fixture)
{
	const struct cache_config config = {
		.directory = fixture->directory,
		.size_bytes = fixture->size_bytes,
		.free_floor = fixture->free_floor,
		.below = fake_source_of(fixture->fake),
		.scope = fixture->scope,
		.listing_scope = "",
		.offline = fixture->offline,
	};
	struct cache *cache = NULL;

	if (cache_create(&config, &cache))
		abort();
	return cache;
}

void cache_fixture_close(struct cache *cache)
{
	cache_stop(cache);
	cache_destroy(cache);
}

void cache_fixture_reopen(struct cache_fixture *fixture)
{
	cache_fixture_close(fixture->cache);
	fixture->cache = cache_fixture_open(fixture);
}

/* --- Reading --- */

struct reading {
	struct latch over;
	const struct source_range *range;
	int64_t at;
	bool wrong, strict;
	int err;
	char version[SOURCE_VERSION_SIZE];
};

static int on_version(void *data, const char *version)
{
	struct reading *reading = data;

	if (reading->strict && *reading->version &&
	    strcmp(reading->version, version) != 0)
		return -ESTALE;
	snprintf(reading->version, sizeof(reading->version), "%s", version);
	return 0;
}

static void on_bytes(void *data, const char *bytes, size_t size)
{
	struct reading *reading = data;
	char *truth = malloc(size);

	if (!truth)
		abort();
	fake_bytes(reading->range->file_id, reading->range->path,
		   reading->version, reading->at, truth, size);
	if (memcmp(bytes, truth, size) != 0)
		reading->wrong = true;
	free(truth);
	reading->at += (int64_t)size;
}

static void on_done(void *data, int err)
{
	struct reading *reading = data;

	reading->err = err;
	latch_open(&reading->over);
}

static int read_range(struct cache *cache, const char *file_id,
		      const char *path, int64_t file_size, int64_t offset,
		      int64_t size, bool strict)
{
	const struct source_range range = {
		.file_id = file_id,
		.path = path,
		.file_size = file_size,
		.offset = offset,
		.size = size,
	};
	struct reading reading = {
		.range = &range, .at = offset, .strict = strict};
	const struct source_fetch fetch = {
		.data = &reading,
		.version = on_version,
		.bytes = on_bytes,
		.done = on_done,
	};
	struct source_call *call;
	int err;

	latch_init(&reading.over);
	err = source_fetch(cache_source(cache), &range, &fetch, &call);
	if (!err) {
		latch_wait(&reading.over, 60 * 1000);
		source_unref(cache_source(cache), call);
		err = reading.err;
	}
	latch_finish(&reading.over);
	if (err)
		return err;
	return reading.wrong || reading.at != offset + size;
}

int cache_read(struct cache *cache, const char *file_id, const char *path,
	       int64_t file_size, int64_t offset, int64_t size)
{
	return read_range(cache, file_id, path, file_size, offset, size, false);
}

int cache_read_strictly(struct cache *cache, const char *file_id,
			const char *path, int64_t file_size, int64_t offset,
			int64_t size)
{
	return read_range(cache, file_id, path, file_size, offset, size, true);
}

/* --- Listing --- */

struct listed {
	struct latch over;
	char *ids;
	size_t size;
	int err;
};

static int on_page(void *data, const struct source_record *records,
		   size_t count)
{
	struct listed *listed = data;

	for (size_t i = 0; i < count; i++) {
		size_t length = strlen(listed->ids);

		snprintf(listed->ids + length, listed->size - length, "%s ",
			 records[i].id);
	}
	return 0;
}

static void on_restart(void *data)
{
	struct listed *listed = data;

	listed->ids[0] = '\0';
}

static void on_listed(void *data, int err)
{
	struct listed *listed = data;

	listed->err = err;
	latch_open(&listed->over);
}

int cache_list(struct cache *cache, const struct source_query *query, char *ids,
	       size_t size)
{
	struct listed listed = {.ids = ids, .size = size};
	const struct source_listing listing = {
		.data = &listed,
		.page = on_page,
		.restart = on_restart,
		.done = on_listed,
	};
	struct source_call *call;
	int err;

	ids[0] = '\0';
	latch_init(&listed.over);
	err = source_list(cache_source(cache), query, &listing, &call);
	if (!err) {
		latch_wait(&listed.over, 60 * 1000);
		source_unref(cache_source(cache), call);
		err = listed.err;
	}
	latch_finish(&listed.over);
	return err;
}

/* --- Files --- */

static bool ends_in(const char *name, const char *suffix)
{
	size_t length = strlen(name), end = strlen(suffix);

	return length >= end && strcmp(name + length - end, suffix) == 0;
}

static int look_into(const char *directory, const char *suffix,
		     void (*visit)(void *, const char *), void *data)
{
	DIR *stream = opendir(directory);
	struct dirent *entry;
	struct stat st;
	int count = 0;

	while (stream && (entry = readdir(stream))) {
		char path[512];

		snprintf(path, sizeof(path), "%s/%s", directory, entry->d_name);
		if (entry->d_name[0] == '.' || lstat(path, &st))
			continue;
		if (S_ISDIR(st.st_mode)) {
			count += look_into(path, suffix, visit, data);
		} else if (ends_in(entry->d_name, suffix)) {
			count++;
			if (visit)
				visit(data, path);
		}
	}
	if (stream)
		closedir(stream);
	return count;
}

int cache_fixture_files(const struct cache_fixture *fixture, const char *suffix,
			void (*visit)(void *, const char *), void *data)
{
	return look_into(fixture->directory, suffix, visit, data);
}
