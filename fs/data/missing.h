#ifndef CAIFS_DATA_MISSING_H
#define CAIFS_DATA_MISSING_H

/*
 * What of a part is not in memory, and having it fetched. Guarded by the data
 * lock.
 */

#include <stdbool.h>
#include <stdint.h>

struct data;
struct data_file;

/* The first byte of [offset, end) that is not in memory; `end`: all are. */
int64_t missing_first(struct data *data, struct data_file *file, int64_t offset,
		      int64_t end);

/* Queues fills for what is missing of [start, end), neither in a block nor on
   its way, in ranges of `piece` bytes at the most. 0 or -ENOMEM. */
int missing_fetch(struct data *data, struct data_file *file, int64_t start,
		  int64_t end, int64_t piece, bool prefetch);

#endif
