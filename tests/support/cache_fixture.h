#ifndef CAIFS_CACHE_FIXTURE_H
#define CAIFS_CACHE_FIXTURE_H

/*
 * A cache on a fake source, in a directory of its own that is removed at the
 * end. Main thread, but for cache_read(), which is for any.
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
	int64_t size_bytes, free_floor; /* for the next opening */
	bool offline;
	const char *scope;
};

void cache_fixture_init(struct cache_fixture *fixture);
void cache_fixture_finish(struct cache_fixture *fixture);

/* Another cache on the directory, on the fixture's source. */
struct cache *cache_fixture_open(const struct cache_fixture *fixture);
void cache_fixture_close(struct cache *cache);

/* Stops the cache and opens it again, as a remount does. */
void cache_fixture_reopen(struct cache_fixture *fixture);

/* Waits for `size` bytes: 0 when they are those of the version that was told,
   1 when they are not, or the error. */
int cache_read(struct cache *cache, const char *file_id, const char *path,
	       int64_t file_size, int64_t offset, int64_t size);

/* Likewise, but one that ends with -ESTALE where the version changes. */
int cache_read_strictly(struct cache *cache, const char *file_id,
			const char *path, int64_t file_size, int64_t offset,
			int64_t size);

/* What a listing answers: the records' ids, each followed by a blank, or the
   error. */
int cache_list(struct cache *cache, const struct source_query *query, char *ids,
	       size_t size);

/* Calls `visit` with every file of the cache whose name ends in `suffix`.
   Returns how many. */
int cache_fixture_files(const struct cache_fixture *fixture, const char *suffix,
			void (*visit)(void *, const char *), void *data);

#endif
