#ifndef CAIFS_CACHE_H
#define CAIFS_CACHE_H

/*
 * A source (source.h) that keeps on disk what the source below it answered,
 * and answers from there: bytes of parts, page by page, each with a checksum
 * that is looked at whenever it is read; and listings, for when the platform
 * is slow or not there. What is damaged is a miss, counted and fetched again.
 * Whatever goes wrong with the disk, what is below answers as if there were no
 * cache.
 *
 * A directory is shared by the mounts of one user: what one of them is
 * fetching, the others wait for, for a moment, and find on disk.
 *
 * docs/cache.md has the format. All I/O is on threads of the cache; callbacks
 * come on these or on those of the source below. Any thread may ask.
 */

#include <stdbool.h>
#include <stdint.h>

#include "caifs/source.h"

struct cache;

struct cache_config {
	const char *directory; /* the last component is made if missing */
	int64_t size_bytes;    /* what it may take up */
	int64_t free_floor;    /* what it leaves free; < 0: as is sensible */
	struct source *below;
	/* Whose answers these are: nothing kept under one word is given under
	   another. Neither a token nor a secret. Listings depend on more. */
	const char *scope, *listing_scope;
	bool offline; /* ask nothing of `below` */
};

struct cache_counts {
	int64_t bytes_held; /* -1: not known yet */
	int64_t max_bytes;  /* that it may */
	int64_t page_hits, page_misses;
	int64_t bytes_from_disk;
	int64_t evictions; /* parts and listings */
	int64_t damaged;   /* pages, parts and listings found so */
	int64_t write_errors;
	int64_t not_kept; /* pages that came faster than they were written */
	int64_t stale_listings;
};

/* May this be a cache's directory? It is made if it is not there. Else a
   negative errno, and a line that says why. Waits for the disk. */
int cache_check_directory(const char *path, char *why, size_t size);

/* After forking. What `config` points to is copied, but for `below`. */
int cache_create(const struct cache_config *config, struct cache **ret_cache);

struct source *cache_source(struct cache *cache);

struct cache_counts cache_count(struct cache *cache);

/* Cancels what is under way and returns when all of it has ended and what was
   to be written is; what is asked for from then on is refused. `below` must
   still be there. */
void cache_stop(struct cache *cache);

/* After cache_stop() and after whoever used it. NULL is allowed. Returns NULL.
 */
struct cache *cache_destroy(struct cache *cache);

#endif
