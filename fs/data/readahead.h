#ifndef CAIFS_DATA_READAHEAD_H
#define CAIFS_DATA_READAHEAD_H

/*
 * What to fetch ahead of sequential readers. A file may have several; each is a
 * stream, recognised by the offset that it has reached. The kernel reorders
 * reads slightly, so an offset nearby counts, too: within a smaller distance
 * while the stream is young, so that random reads do not look sequential.
 *
 * Pure: no I/O, no clock. The caller's lock guards the state.
 */

#include <stdbool.h>
#include <stdint.h>

enum {
	READAHEAD_STREAMS = 8,
	READAHEAD_FIRST_WINDOW = 1024 * 1024,
	READAHEAD_TOLERANCE = 1024 * 1024,
	READAHEAD_YOUNG_TOLERANCE = 256 * 1024,
	READAHEAD_LEAST_PIECE = 512 * 1024,
	/* A stream that has read this much from the start counts as a read of
	   the whole file. */
	READAHEAD_WHOLE = 1024 * 1024,
};

struct readahead_stream {
	int64_t begin;	/* its first offset */
	int64_t next;	/* one past the furthest byte read */
	int64_t window; /* bytes wanted beyond `next`; 0: not sequential yet */
	int64_t ahead;	/* wanted up to here */
	uint64_t used;	/* `clock` then; 0: free */
};

struct readahead {
	struct readahead_stream streams[READAHEAD_STREAMS];
	uint64_t clock;
	int64_t expected; /* the first window of a reader of the whole file;
			     0: none is expected */
};

/* What to fetch now. */
struct readahead_request {
	int64_t from, to; /* of this file; none: both 0 */
	int64_t window;	  /* 0: not sequential */
	int64_t left;	  /* bytes of this file after the read */
	int64_t beyond;	  /* bytes wanted of the files after this one */
	int64_t ahead;	  /* wanted up to here, now or before; 0: nothing */
};

struct readahead_limits {
	int64_t window;	     /* the largest window */
	int64_t piece;	     /* the longest range; a multiple of a block */
	int64_t least_piece; /* the shortest range worth its round trip */
	int pieces;	     /* ranges in parallel, >= 1 */
	bool listed; /* a reader of the whole file starts with the largest
			window */
};

/* The length of a range that starts `distance` bytes after the read. With
   `pieces` connections in parallel, a range that is read soon must be short, or
   the reader waits for one connection; one far ahead may be long, which costs
   fewer round trips. */
int64_t readahead_piece(int64_t distance,
			const struct readahead_limits *limits);

/* The end of the last whole range within [from, to), where `from` is `distance`
   bytes after the read; the rest waits until it fills a range. `from`: none. */
int64_t readahead_pieces_end(int64_t from, int64_t to, int64_t distance,
			     const struct readahead_limits *limits);

/* A read of [offset, end); `stalled`: it must wait for bytes. */
struct readahead_request readahead_note(struct readahead *readahead,
					int64_t offset, int64_t end,
					int64_t file_size, bool stalled,
					struct readahead_limits limits);

/* The file before this one is read whole, with that window. */
void readahead_expect(struct readahead *readahead, int64_t window);

/* How far the streams that have passed `offset` have read; `offset`: none
   has. */
int64_t readahead_passed(const struct readahead *readahead, int64_t offset);

/* How many streams are sequential, at least 1. */
int readahead_streams(const struct readahead *readahead);

/* Does a read at `offset` belong to a stream that began at the file's start? */
bool readahead_is_from_start(const struct readahead *readahead, int64_t offset);

#endif
