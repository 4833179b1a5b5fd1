#ifndef CAIFS_DATA_PARQUET_STATE_H
#define CAIFS_DATA_PARQUET_STATE_H

/*
 * A part as a parquet table: its footer, once in memory, and which columns are
 * read. A read of the part's end makes the footer wanted; a sequential read
 * from its start does not, and costs nothing here.
 *
 * A part whose footer is not understood is read like any file. No read fails
 * for that.
 *
 * Guarded by the data lock, which parquet_advance() releases while it decodes.
 */

#include <stdint.h>

#include "column_prefetch.h"

struct data;
struct data_part;

/* The end is read: expect a footer there. */
void parquet_note_tail(struct data *data, struct data_part *part);

/* Decodes the footers that have arrived, of this open part and of its siblings,
   and asks for what is missing. Drops the lock while it decodes: nothing read
   under it before holds afterwards. */
void parquet_advance(struct data *data, struct data_part *part);

/* What a read of [offset, end) is part of. The part is PARQUET_READY. */
struct column_read parquet_note_read(struct data *data, struct data_part *part,
				     int64_t offset, int64_t end);

/* `chunk` is read: queues the chunks expected next, in this part and its
   siblings, of at most `window` bytes, for prefetch. */
void parquet_want_columns(struct data *data, struct data_part *part,
			  const struct parquet_chunk *chunk, int64_t window);

#endif
