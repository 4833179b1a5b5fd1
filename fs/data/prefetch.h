#ifndef CAIFS_DATA_PREFETCH_H
#define CAIFS_DATA_PREFETCH_H

/*
 * What a read has fetched beside what it waits for: the window of a sequential
 * reader, the parts that follow one that is read whole, the columns of a table.
 * What these want is decided by the pure modules (readahead.h,
 * column_prefetch.h) and queued; where it cannot be had that is no error.
 *
 * Guarded by the data lock.
 */

#include <stdint.h>

struct data;
struct data_part;

/* A read of [offset, end) of which the bytes from `missing` on are not in
   memory (`end`: all are). How far a range for what it lacks may go on, and,
   in `ret_from`, where it may begin: at `missing` or before. */
int64_t prefetch_note_read(struct data *data, struct data_part *part,
			   int64_t offset, int64_t end, int64_t missing,
			   int64_t *ret_from);

/* Queues a range of what is wanted ahead, if there is one and room for it. */
void prefetch_next(struct data *data, int64_t now_ms);

#endif
