#ifndef CAIFS_DATA_READAHEAD_H
#define CAIFS_DATA_READAHEAD_H

/*
 * What to fetch before it is asked for. A file may be read by several
 * sequential readers at once; each is a stream, told from the others by where
 * it left off. The kernel sends the reads of one reader a little out of order,
 * so "where it left off" is a neighbourhood.
 *
 * Pure: numbers in, numbers out. The caller's lock guards the state.
 */

#include <stdbool.h>
#include <stdint.h>

enum {
	READAHEAD_STREAMS = 8,
	READAHEAD_FIRST_WINDOW = 1024 * 1024,
	READAHEAD_TOLERANCE = 1024 * 1024,
};

struct readahead_stream {
	int64_t next;	/* one past the furthest byte read */
	int64_t window; /* bytes wanted beyond `next`; 0: not sequential yet */
	int64_t ahead;	/* asked for up to here */
	uint64_t used;	/* when; 0: free */
};

struct readahead {
	struct readahead_stream streams[READAHEAD_STREAMS];
	uint64_t clock;
};

/* A read of [offset, end) of a file of `file_size` bytes; `stalled`: it has to
   wait for bytes that were not asked for in time. True: [*ret_from, *ret_to)
   should be asked for now. No window grows beyond `most`. */
bool readahead_note(struct readahead *readahead, int64_t offset, int64_t end,
		    int64_t file_size, bool stalled, int64_t most,
		    int64_t *ret_from, int64_t *ret_to);

#endif
