#ifndef CAIFS_DATA_PARQUET_STATE_H
#define CAIFS_DATA_PARQUET_STATE_H

/*
 * A part as a parquet table: its footer, once its readers have brought it into
 * memory, and what they read of its columns. Whoever reads a part's end wants
 * its footer; whoever copies it from its start does not, and pays nothing.
 *
 * A footer that is not understood means that there is no table. It never fails
 * a read.
 *
 * Guarded by the data lock, which parquet_advance() releases while it decodes.
 */

#include <stdint.h>

#include "column_prefetch.h"

struct data;
struct data_part;

/* Somebody reads the end of it: what is fetched together there is mostly all of
   the footer. */
void parquet_note_tail(struct data *data, struct data_part *part);

/* Takes what has come of footers (this part's, and of those that follow) a step
   further. The part is open. The lock is released while it decodes: nothing
   looked at before holds afterwards. */
void parquet_advance(struct data *data, struct data_part *part);

/* What a read of [offset, end) is to a part that is PARQUET_READY. */
struct column_read parquet_note_read(struct data *data, struct data_part *part,
				     int64_t offset, int64_t end);

/* `chunk` is being read: what will be read after it, in this part and in those
   that follow, of `window` bytes at the most, is wanted. */
void parquet_want_columns(struct data *data, struct data_part *part,
			  const struct parquet_chunk *chunk, int64_t window);

#endif
