#ifndef CAIFS_DATA_FILE_H
#define CAIFS_DATA_FILE_H

/*
 * A part: which blocks it has is the pool's knowledge; here is what it is, who
 * has it open, which ranges of it are under way, and how it is being read. It
 * lives on when nobody has it open, the last few thousand do even when no block
 * of theirs is left: what version their bytes were is not forgotten then, and
 * so the kernel may keep what it has of them.
 *
 * Guarded by the data lock.
 */

#include "caifs/data.h"
#include "caifs/hash.h"
#include "pool.h"
#include "readahead.h"
#include "table.h"

struct fill;

struct data_file {
	uint64_t number;
	char *file_id, *path;
	int64_t size;
	size_t handles, block_count;
	int64_t valid_bytes;
	struct fill *fills;		   /* queued or under way */
	char version[SOURCE_VERSION_SIZE]; /* "": not told yet */
	int error; /* -ESTALE: another version has turned up; stays */
	uint64_t followers[DATA_FOLLOWERS]; /* by number; 0: none */
	int64_t fetched_ahead;		    /* as a follower, up to here */
	bool streaming;			    /* open, and read in sequence */
	uint64_t before; /* the part that it follows; 0: none known */
	bool whole;	 /* was read so, from its start */
	bool walked;	 /* open, by a process that has listed its directory */
	unsigned chain;	 /* parts before it that were, one after the other */
	struct table table;
	/* A wait for these bytes has ended in vain a moment ago. */
	struct {
		int64_t start, end, until_ms;
	} timed_out;
	struct readahead readahead;
	/* In the pool's list of those that lost their last block. */
	bool emptied;
	struct data_file *emptied_next;
	/* In the list of those that nobody needs, oldest first. */
	bool idle;
	struct data_file *idle_prev, *idle_next;
	UT_hash_handle hh;
};

int file_create(const struct data_part *part, struct data_file **ret_file);
void file_destroy(struct data_file *file);

void file_gained_block(struct data_file *file);
void file_lost_block(struct data_file *file, const struct data_block *block);

/* Nobody needs it. */
bool file_is_idle(const struct data_file *file);

/* Which version the next bytes are of. 0, or -ESTALE for good. */
int file_note_version(struct data_file *file, const char *version);

/* The bytes of [start, end) were waited for until it was too late. The kernel
   asks for one page more when a read-ahead has failed, and whoever reads would
   wait twice as long as was promised: for a second that is answered at once. */
void file_note_timeout(struct data_file *file, int64_t start, int64_t end);
bool file_has_timed_out(const struct data_file *file, int64_t offset);

/* Bytes of page `page` (of the file), less than DATA_PAGE at its end only. */
int64_t file_page_bytes(const struct data_file *file, int64_t page);

#endif
