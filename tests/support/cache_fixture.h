#ifndef CAIFS_CACHE_FIXTURE_H
#define CAIFS_CACHE_FIXTURE_H

/*
 * A cache on a fake source, in a temporary directory that is removed at the
 * end. Main thread; cache_read() and cache_read_strictly(): any thread. What
 * cannot be set up aborts the test.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "caifs/cache.h"
#include "fake_source.h"

struct cache_fixture {
	struct fake_source *fake;
	struct cache *cache;
	char directory[64];
	/* Options of the next opening. */
	int64_t size_bytes, free_floor;
	bool offline;
	const char *scope;
};

void cache_fixture_init(struct cache_fixture *fixture);
void cache_fixture_finish(struct cache_fixture *fixture);

/* Another cache on the fixture's directory and source. */
struct cache *cache_fixture_open(const struct cache_fixture *fixture);
void cache_fixture_close(struct cache *cache);

/* Stops the cache and opens it again, as a remount does. */
void cache_fixture_reopen(struct cache_fixture *fixture);

/* Reads the range and waits for it. 0: all bytes are right for the version that
   the source reported; 1: they are not; or the error. */
int cache_read(struct cache *cache, const char *file_id, const char *path,
	       int64_t file_size, int64_t offset, int64_t size);

/* As cache_read(); -ESTALE if the version changes on the way. */
int cache_read_strictly(struct cache *cache, const char *file_id,
			const char *path, int64_t file_size, int64_t offset,
			int64_t size);

/* Lists and waits. 0: `ids` has the records' ids, each followed by a blank; or
   the error. */
int cache_list(struct cache *cache, const struct source_query *query, char *ids,
	       size_t size);

/* Calls `visit` (NULL: none) with the path of each file of the cache whose name
   ends in `suffix`. Returns their number. */
int cache_fixture_files(const struct cache_fixture *fixture, const char *suffix,
			void (*visit)(void *, const char *), void *data);

#endif
