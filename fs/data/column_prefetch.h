#ifndef CAIFS_DATA_COLUMN_PREFETCH_H
#define CAIFS_DATA_COLUMN_PREFETCH_H

/*
 * Which column chunks of a parquet file to prefetch. A query reads some columns
 * of all row groups: a read at the start of a column's chunk predicts the rest
 * of that chunk, and the chunks of that column further on.
 *
 * The reads seen here are the kernel's, not the program's: whole pages, which
 * continue past a chunk's end by the kernel's read-ahead. A read that continues
 * no other is the start of a chunk. One that continues another is the program's
 * own only if it is farther on than the kernel's read-ahead can reach. A run
 * that has continued so through several chunks is a scan of the whole file.
 *
 * Pure: no I/O, no clock. The caller's lock guards the state.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "caifs/parquet.h"

enum { COLUMN_RUNS = 16, COLUMN_RANGES = 64 };

struct column_prefetch {
	/* Reads that each continue the one before. */
	struct column_run {
		int64_t begin, next;
		int64_t chunk; /* offset of the chunk read; -1: none */
		int passed;    /* chunks that it continued into */
		uint64_t used; /* `clock` then; 0: free */
	} runs[COLUMN_RUNS];
	uint64_t clock;
	int64_t window; /* bytes of wanted chunks to prefetch */
	size_t columns;
	/* By column. */
	struct column_state {
		bool wanted; /* chunks of it are read */
		bool likely; /* earlier readers, or a sibling's, read it */
	} column[];
};

/* With nothing read and nothing wanted; free() it. NULL: no memory. */
struct column_prefetch *column_prefetch_create(size_t columns);

/* After the last close: wanted columns become likely ones. */
void column_prefetch_forget_readers(struct column_prefetch *prefetch);

/* Columns that a part of the same schema was read for become likely. */
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

/* Ranges for the wanted chunks from offset `from` on, up to `bytes` or one
   chunk more; chunks at most `gap` apart share a range. Returns the number of
   ranges, and in `ret_left` the bytes not used up. */
size_t column_prefetch_next(const struct column_prefetch *prefetch,
			    const struct parquet_footer *footer,
			    const struct column_kernel *kernel, int64_t from,
			    int64_t bytes, int64_t gap,
			    struct column_range ranges[COLUMN_RANGES],
			    int64_t *ret_left);

#endif
