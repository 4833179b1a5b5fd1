#ifndef CAIFS_DATA_TABLE_H
#define CAIFS_DATA_TABLE_H

/*
 * A part as a parquet table: its footer, once its readers have brought it into
 * memory, and the plan of what they read. Whoever reads a part's end wants its
 * footer; whoever copies it from its start does not, and pays nothing.
 *
 * A footer that is not understood means that there is no table. It never fails
 * a read.
 *
 * Guarded by the data lock, which table_settle() lets go of while it decodes.
 */

#include <stdbool.h>
#include <stdint.h>

#include "plan.h"

struct data;
struct data_file;

enum table_state {
	TABLE_UNKNOWN, /* nobody has read its end */
	TABLE_TAIL,    /* its end is wanted */
	TABLE_FOOTER,  /* its footer is wanted */
	TABLE_DECODING,
	TABLE_READY,
	TABLE_NONE, /* it is none that is understood */
};

struct table {
	enum table_state state;
	int64_t footer_start;	       /* from TABLE_FOOTER on */
	struct parquet_footer *footer; /* TABLE_READY */
	struct plan *plan;	       /* TABLE_READY */
	bool followers_wanted;	       /* their footers are on their way */
	unsigned chain; /* siblings before it that were read for the same */
};

void table_finish(struct table *table);

/* Somebody reads the end of it: what is fetched together there is mostly all of
   the footer. */
void table_note_tail(struct data *data, struct data_file *file);

/* Takes what has come of footers (this part's, and of those that follow) a step
   further. With nothing pinned or held by the caller: the lock is let go of. */
void table_settle(struct data *data, struct data_file *file);

/* Nobody has it open any more: its next readers may want something else. */
void table_forget_readers(struct table *table);

/* What a read of [offset, end) is to a part that is TABLE_READY. */
struct plan_answer table_note_read(struct data *data, struct data_file *file,
				   int64_t offset, int64_t end);

/* `chunk` is being read: queues what will be read after it, in this part and in
   those that follow, of `window` bytes at the most. */
void table_fetch_ahead(struct data *data, struct data_file *file,
		       const struct parquet_chunk *chunk, int64_t window);

#endif
