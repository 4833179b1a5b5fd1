#ifndef CAIFS_CLI_WARM_PART_H
#define CAIFS_CLI_WARM_PART_H

/*
 * One part that is to be in the cache: which ranges of it are wanted, what of
 * them is missing there, and bringing that by reading it through the mount.
 * Each of these calls waits, for as long as the mount lets a read wait. One
 * thread at a time to a part.
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
	WARM_SKIPPED, /* no parquet, and columns are wanted */
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
	struct warm_range *ranges; /* wanted: by start, apart */
	size_t range_count, range_room;
	int64_t wanted; /* bytes of all ranges */
	int64_t before; /* of these, that were kept before */
	int64_t max;	/* what the cache may hold, of all parts */
	UT_hash_handle hh;
};

/* NULL: no memory. */
struct warm_part *warm_part_create(const char *path, const struct warm_key *key,
				   int64_t size);
void warm_part_destroy(struct warm_part *part);

/* Finds the wanted ranges; all of the part when `columns` is NULL. 0;
   -ENOTSUP: no parquet that is understood; or why it cannot be read. */
int warm_part_plan(struct warm_part *part, struct columns *columns);

/* Brings what is missing, until `stop`: then -ECANCELED. -ENOSPC: the cache
   did not keep it. Or why it cannot be read. */
int warm_part_fill(struct warm_part *part, struct progress_counts *counts,
		   const atomic_bool *stop);

/* Is everything there? 0, -ENOSPC when it is not (any more), or why that is
   not known. */
int warm_part_check(struct warm_part *part);

#endif
