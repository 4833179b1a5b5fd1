#ifndef CAIFS_DATA_PREFETCH_H
#define CAIFS_DATA_PREFETCH_H

/*
 * What is fetched beside the bytes that a read waits for: a sequential reader's
 * window, the parts after one that is read whole, a table's columns. The pure
 * modules (readahead.h, column_prefetch.h) decide what; it is queued. What
 * cannot be fetched ahead is no error.
 *
 * Guarded by the data lock.
 */

#include <stdint.h>

struct data;
struct data_part;

/* A read of [offset, end); `missing`: the first byte that is not in memory,
   `end` for none. Returns where a range for what it lacks may end and, in
   `ret_from`, where it may start: at `missing` or before. */
int64_t prefetch_note_read(struct data *data, struct data_part *part,
			   int64_t offset, int64_t end, int64_t missing,
			   int64_t *ret_from);

/* Makes a range of the oldest want, if blocks are available. */
void prefetch_next(struct data *data, int64_t now_ms);

#endif
