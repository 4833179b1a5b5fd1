#ifndef CAIFS_CLI_WARM_PART_H
#define CAIFS_CLI_WARM_PART_H

/*
 * One part for `caifs warm`: finds which of its ranges are wanted and which of
 * them are not in the disk cache, and reads these through the mount.
 *
 * Every function waits for the mount, at most as long as its reads may take.
 * One thread at a time for a part.
 */

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "caifs/hash.h"
#include "columns.h"
#include "terminal/progress.h"

enum warm_state {
	WARM_WANTED,
	WARM_CACHED,
	WARM_SKIPPED, /* not parquet, and --columns is given */
	WARM_FAILED,
};

struct warm_range {
	int64_t start, end;
};

struct warm_key {
	dev_t device;
	ino_t inode;
};

struct warm_part {
	char *path;
	struct warm_key key;
	int64_t size;
	enum warm_state state;
	struct warm_range *ranges; /* wanted: by start, not touching */
	size_t range_count, range_room;
	int64_t wanted; /* bytes of all ranges */
	int64_t before; /* of these, disk cached before warm_part_fill() */
	int64_t max;	/* ceiling of the whole cache; 0: not known */
	UT_hash_handle hh;
};

/* Copies its arguments. NULL: no memory. */
struct warm_part *warm_part_create(const char *path, const struct warm_key *key,
				   int64_t size);
void warm_part_destroy(struct warm_part *part);

/* Finds the wanted ranges: the whole part if `columns` is NULL. -ENOTSUP: not a
   parquet file that is understood; or the errno of reading it. */
int warm_part_plan(struct warm_part *part, struct columns *columns);

/* Reads what is not in the cache and counts it. -ECANCELED: `stop` was set.
   -ENOSPC: the cache did not store it. Or the errno of reading it. */
int warm_part_fill(struct warm_part *part, struct progress_counts *counts,
		   const atomic_bool *stop);

/* Checks that all ranges are in the cache. -ENOSPC: they are not, or not any
   more; or the errno of asking. */
int warm_part_check(struct warm_part *part);

#endif
