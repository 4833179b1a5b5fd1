#ifndef CAIFS_CACHE_SWEEP_H
#define CAIFS_CACHE_SWEEP_H

/*
 * How much a cache's directory holds, and making room in it: whole files go,
 * those first whose last use (their time of modification) is longest ago. That
 * others read them, or write to them, does no harm.
 *
 * Any thread; waits for the disk, for as long as there are files.
 */

#include <stdint.h>

struct sweep_bounds {
	int64_t most_bytes; /* over it, files go until a tenth below it */
	int64_t free_bytes; /* what shall be free in the filesystem */
};

struct sweep_result {
	int64_t held_bytes; /* now */
	int64_t removed_bytes, removed_files;
};

int sweep_run(int directory, const struct sweep_bounds *bounds,
	      struct sweep_result *ret_result);

/* What is free in the filesystem; negative errno. */
int64_t sweep_free_bytes(int directory);

/* A floor that suits the filesystem: a GiB, or a twentieth of a small one. */
int64_t sweep_sensible_floor(int directory);

#endif
