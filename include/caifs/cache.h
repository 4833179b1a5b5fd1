#ifndef CAIFS_CACHE_H
#define CAIFS_CACHE_H

/*
 * A source (source.h) over a source: writes to disk what the source below
 * returned, and serves it from there. Bytes of parts are cached in pages, each
 * with a checksum that every read verifies; a damaged page is a miss, counted
 * and fetched again. Cached listings are served when the platform is slow or
 * unreachable. When the disk fails, the source below serves everything.
 *
 * The mounts of one user may share a directory: a mount waits, for a bounded
 * time, for pages that another one is fetching, and then reads them from disk.
 *
 * docs/cache.md has the format. All I/O is on the cache's threads; callbacks
 * run on these or on those of the source below. Call from any thread.
 */

#include <stdbool.h>
#include <stdint.h>

#include "caifs/source.h"

struct cache;

struct cache_config {
	const char *directory; /* its last component is created if missing */
	int64_t size_bytes;    /* ceiling of the disk space used */
	int64_t free_floor;    /* bytes to leave free in the filesystem; < 0:
				  1 GiB, or 1/20 of a smaller filesystem */
	struct source *below;  /* borrowed until cache_destroy() */
	/* Parts are shared between caches of equal `scope`, listings between
	   those of which `listing_scope` is equal too. Must hold neither a
	   token nor a secret. */
	const char *scope, *listing_scope;
	bool offline; /* never call `below` */
};

struct cache_counts {
	int64_t bytes_held; /* on disk; -1: not measured yet */
	int64_t max_bytes;  /* ceiling of bytes_held */
	int64_t page_hits, page_misses;
	int64_t bytes_from_disk;
	int64_t evictions; /* parts and listings */
	int64_t damaged;   /* pages, parts and listings */
	int64_t write_errors;
	int64_t dropped_pages;	/* not written: the disk was too slow, or had
				   failed less than a minute before */
	int64_t stale_listings; /* served from disk */
};

/* Checks that `path` can be a cache's directory; creates it if missing. On
   failure a negative errno, with the reason in `why`. Waits for the disk. */
int cache_check_directory(const char *path, char *why, size_t size);

/* Starts threads: call after forking. `config` and its strings are not used
   after the call. 0 or negative errno. */
int cache_create(const struct cache_config *config, struct cache **ret_cache);

/* Valid until cache_destroy(). */
struct source *cache_source(struct cache *cache);

struct cache_counts cache_count(struct cache *cache);

/* Cancels all calls; returns when they have ended and all queued writes are
   done. Later calls fail with -ECANCELED. `below` must still be running. */
void cache_stop(struct cache *cache);

/* Call after cache_stop(), with no call referenced any more. NULL: no effect.
   Returns NULL. */
struct cache *cache_destroy(struct cache *cache);

#endif
