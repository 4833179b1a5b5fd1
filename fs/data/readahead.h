#ifndef CAIFS_DATA_READAHEAD_H
#define CAIFS_DATA_READAHEAD_H

/*
 * What to fetch before it is asked for. A file may be read by several
 * sequential readers at once; each is a stream, told from the others by where
 * it left off. The kernel sends the reads of one reader a little out of order,
 * so "where it left off" is a neighbourhood: a small one at first, lest random
 * readers be taken for sequential ones.
 *
 * Pure: numbers in, numbers out. The caller's lock guards the state.
 */

#include <stdbool.h>
#include <stdint.h>

enum {
	READAHEAD_STREAMS = 8,
	READAHEAD_FIRST_WINDOW = 1024 * 1024,
	READAHEAD_TOLERANCE = 1024 * 1024,
	READAHEAD_YOUNG_TOLERANCE = 256 * 1024,
	READAHEAD_LEAST_PIECE = 512 * 1024,
	/* Read from its start for so long, a file is being read whole, and
	   those beside it will be, too. */
	READAHEAD_WHOLE = 1024 * 1024,
};

struct readahead_stream {
	int64_t begin;	/* where it was first seen */
	int64_t next;	/* one past the furthest byte read */
	int64_t window; /* bytes wanted beyond `next`; 0: not sequential yet */
	int64_t ahead;	/* asked for up to here */
	uint64_t used;	/* when; 0: free */
};

struct readahead {
	struct readahead_stream streams[READAHEAD_STREAMS];
	uint64_t clock;
	int64_t expected; /* the window that a reader of the whole begins with;
			     0: none is expected */
};

/* What to ask for now. */
struct readahead_request {
	int64_t from, to; /* of this file; none: both 0 */
	int64_t window;	  /* 0: it is not read in sequence */
	int64_t left;	  /* bytes of this file after the read */
	int64_t beyond;	  /* bytes wanted of the files after this one */
	int64_t ahead;	  /* asked for up to here, now or before; 0: nothing */
};

struct readahead_limits {
	int64_t window;	     /* none grows beyond this */
	int64_t piece;	     /* nor a range; a multiple of a block */
	int64_t least_piece; /* a shorter one waits longer for its first byte
				than for the others */
	int pieces;  /* ranges that it may be asked for in at once, >= 1 */
	bool walked; /* a reader of the whole is sure to go on: the window
			need not grow first */
};

/* The length of the range to ask for that begins `distance` bytes after the
   read. Bytes come in over `pieces` connections at once: a range that is read
   soon has to be short, or its one connection is waited for; one that is far
   off may be long, and needs fewer first bytes. */
int64_t readahead_piece(int64_t distance,
			const struct readahead_limits *limits);

/* Where the last whole range ends of those for [from, to), of which `from` is
   `distance` bytes after the read: what is left over is a sliver, to be asked
   for with more. `from`: there is none. */
int64_t readahead_pieces_end(int64_t from, int64_t to, int64_t distance,
			     const struct readahead_limits *limits);

/* A read of [offset, end) of a file of `file_size` bytes; `stalled`: it has to
   wait. */
struct readahead_request readahead_note(struct readahead *readahead,
					int64_t offset, int64_t end,
					int64_t file_size, bool stalled,
					struct readahead_limits limits);

/* The file before this one is being read whole, with that window. */
void readahead_expect(struct readahead *readahead, int64_t window);

/* Where those who read it in sequence have got to who have passed `offset`;
   `offset`: nobody has. */
int64_t readahead_passed(const struct readahead *readahead, int64_t offset);

/* How many read it in sequence, 1 at the least. */
int readahead_streams(const struct readahead *readahead);

/* Is it read there by one that began at the file's start? */
bool readahead_is_from_start(const struct readahead *readahead, int64_t offset);

#endif
