#ifndef CAIFS_CACHE_EVICT_H
#define CAIFS_CACHE_EVICT_H

/*
 * Measures a cache's directory and evicts from it: removes whole files, least
 * recently used (oldest time of modification) first. Files in use, by this or
 * another process, may be removed: their open descriptors stay valid.
 *
 * Any thread; waits for the disk, in proportion to the number of files.
 */

#include <stdint.h>

struct evict_bounds {
	int64_t max_bytes;  /* above it, evict down to 9/10 of it */
	int64_t free_bytes; /* evict until this much is free on the disk */
};

struct evict_result {
	int64_t held_bytes; /* after the eviction */
	int64_t removed_bytes, removed_files;
};

/* Also removes temporary files that a crash left. 0 or negative errno. That
   files could not be removed is no error: see the result. */
int evict_run(int directory, const struct evict_bounds *bounds,
	      struct evict_result *ret_result);

/* Bytes free in the filesystem, or negative errno. */
int64_t evict_free_bytes(int directory);

/* The default floor: 1 GiB, or 1/20 of a filesystem below 20 GiB. */
int64_t evict_default_free_floor(int directory);

#endif
