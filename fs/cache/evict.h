#ifndef CAIFS_CACHE_EVICT_H
#define CAIFS_CACHE_EVICT_H

/*
 * How much a cache's directory holds, and making room in it: whole files go,
 * those first whose last use (their time of modification) is longest ago. That
 * others read them, or write to them, does no harm.
 *
 * Any thread; waits for the disk, for as long as there are files.
 */

#include <stdint.h>

struct evict_bounds {
	int64_t max_bytes;  /* over it, files go until a tenth below it */
	int64_t free_bytes; /* what shall be free in the filesystem */
};

struct evict_result {
	int64_t held_bytes; /* now */
	int64_t removed_bytes, removed_files;
};

int evict_run(int directory, const struct evict_bounds *bounds,
	      struct evict_result *ret_result);

/* What is free in the filesystem; negative errno. */
int64_t evict_free_bytes(int directory);

/* A floor that suits the filesystem: a GiB, or a twentieth of a small one. */
int64_t evict_default_free_floor(int directory);

#endif
