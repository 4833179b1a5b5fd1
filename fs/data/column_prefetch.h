#ifndef CAIFS_DATA_COLUMN_PREFETCH_H
#define CAIFS_DATA_COLUMN_PREFETCH_H

/*
 * What of a parquet file is read, and what will be. A query reads some columns
 * of all row groups: a read that starts a column's chunk wants all of that
 * chunk, and the same column further on.
 *
 * What arrives here are the kernel's reads, not the program's: in whole pages,
 * and running on past a chunk's end as far as the kernel reads ahead itself. So
 * a read counts as the start of a chunk only when it does not go on where
 * another one left off; one that does is the program's when it is farther on
 * than the kernel's own read-ahead could be; and a run of reads that has gone
 * on so from chunk to chunk is a program that reads everything.
 *
 * Pure: numbers in, numbers out. The caller's lock guards the state.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "caifs/parquet.h"

enum { COLUMN_RUNS = 16, COLUMN_RANGES = 64 };

struct column_prefetch {
	/* Reads that went on where the last one ended. */
	struct column_run {
		int64_t begin, next;
		int64_t chunk; /* file offset in the chunk that is read; -1 */
		int passed;    /* chunks that it went on to */
		uint64_t used; /* when; 0: free */
	} runs[COLUMN_RUNS];
	uint64_t clock;
	int64_t window; /* bytes of wanted chunks to have beyond the read */
	size_t columns;
	/* By column. */
	struct column_state {
		bool wanted; /* chunks of it were read, or are expected */
		bool likely; /* it was read for it before, or its sibling */
	} column[];
};

/* Nothing read yet, nothing wanted; free() it. NULL: no memory. */
struct column_prefetch *column_prefetch_create(size_t columns);

/* Its readers are gone: what they wanted is what the next may want. */
void column_prefetch_forget_readers(struct column_prefetch *prefetch);

/* `before`, of the same schema, was read for some columns: so may this be. */
void column_prefetch_inherit(struct column_prefetch *prefetch,
			     const struct column_prefetch *before);

/* What a read is part of. */
enum column_kind {
	COLUMN_EXACT, /* nothing: fetch these bytes only */
	COLUMN_CHUNK, /* `chunk`: fetch all of it */
	COLUMN_SCAN,  /* a sequential read of the whole file */
};

struct column_read {
	enum column_kind kind;
	const struct parquet_chunk *chunk;
	bool first; /* the run's first read of this chunk */
};

/* How the kernel reads. */
struct column_kernel {
	int64_t page;
	int64_t window; /* how far it reads ahead */
};

/* How far the kernel reads when it reads all of the chunk: in whole windows. */
int64_t column_prefetch_kernel_end(const struct parquet_chunk *chunk,
				   const struct column_kernel *kernel);

/* A read of [offset, end). */
struct column_read column_prefetch_note(struct column_prefetch *prefetch,
					const struct parquet_footer *footer,
					int64_t offset, int64_t end,
					const struct column_kernel *kernel);

struct column_range {
	int64_t start, end;
};

/* The wanted chunks from file offset `from` on, of `bytes` together or a little
   more; what is apart by less than `gap` in one range. Returns how many ranges
   there are, and in `ret_bytes` what of the bytes is left. */
size_t column_prefetch_next(const struct column_prefetch *prefetch,
			    const struct parquet_footer *footer,
			    const struct column_kernel *kernel, int64_t from,
			    int64_t bytes, int64_t gap,
			    struct column_range ranges[COLUMN_RANGES],
			    int64_t *ret_left);

#endif
