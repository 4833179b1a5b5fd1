#ifndef CAIFS_DATA_PART_H
#define CAIFS_DATA_PART_H

/*
 * Parts: an identity and a version, the extents of that version, and how the
 * part is being read. Found by inode number. A part exists while it has a
 * reference: the namespace's node, a handle, a range or a read. What serves
 * only its readers (struct readers) is freed at the last close.
 *
 * Guarded by the data lock.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "caifs/data.h"
#include "column_prefetch.h"
#include "list.h"
#include "pool.h"
#include "readahead.h"
#include "tree.h"

/* A read of these bytes that timed out. When a read of several pages fails, the
   kernel asks again for one of them, and so do the callers that waited within
   the kernel for its pages. These fail at once for a while: otherwise a caller
   would wait for its timeout twice. */
struct timed_out_wait {
	uint64_t caller; /* 0: not known */
	int64_t start, end;
	int64_t ended_ms; /* 0: there was none */
};

enum { PART_TIMED_OUT_WAITS = 8 };

enum parquet_progress {
	PARQUET_UNKNOWN,   /* its end was not read */
	PARQUET_AT_TAIL,   /* its end is being fetched */
	PARQUET_AT_FOOTER, /* its footer is being fetched */
	PARQUET_DECODING,
	PARQUET_READY,
	PARQUET_NONE, /* it has no footer that is understood */
};

/* The part as a parquet table; private to parquet_state.c. */
struct parquet_state {
	enum parquet_progress state;
	int64_t footer_start;		 /* from AT_FOOTER on */
	struct parquet_footer *footer;	 /* READY */
	struct column_prefetch *columns; /* READY */
	bool siblings_wanted;		 /* their footers are being fetched */
	unsigned siblings_in_row; /* parts before it read for the same column */
	struct list_node in_footers;
};

/* How it is read; freed at the last close. */
struct readers {
	struct readahead readahead;
	uint64_t next_siblings[DATA_SIBLINGS]; /* inodes; 0: none */
	struct timed_out_wait timed_out[PART_TIMED_OUT_WAITS]; /* a ring */
	unsigned timed_out_next;
};

struct data_part {
	struct tree_node by_inode;
	size_t references, opens;
	size_t fills; /* of `references` */
	char *file_id, *path;
	int64_t size;
	char *version;		 /* NULL: no answer named one yet */
	int error;		 /* -ESTALE: changed, for good */
	struct extents *extents; /* NULL: nothing present or in flight */
	uint32_t round;		 /* of readers; the last close begins another */
	unsigned want_count;	 /* wants of this round in the prefetch queue */

	uint64_t previous_sibling; /* its inode; 0: not known */
	bool unversioned;	 /* answers without a version were accepted, and
				      none named one since */
	bool unversioned_served; /* bytes of those were handed out */
	struct list queued;	 /* its READ_QUEUED reads */
	bool listed;	/* open, by a process that has listed its directory */
	bool streaming; /* open, and read in sequence */
	bool whole;	/* was read so from its start */
	unsigned whole_reads_in_row; /* parts before it read so, too */
	int64_t fetched_ahead;	     /* as a sibling: queued up to here */
	int64_t read_ms;	     /* its last close; 0: never open */
	struct readers *readers;     /* NULL: not read, nor expected to be */
	struct parquet_state parquet;
};

struct parts {
	struct tree by_inode;
	size_t count;
	struct pool *pool;
	/* Those with a footer, oldest footer first. */
	struct list footers;
	size_t footer_bytes;
};

void parts_init(struct parts *parts, struct pool *pool);
/* Frees those that are left, whatever their references. */
void parts_finish(struct parts *parts);

static inline uint64_t part_inode(const struct data_part *part)
{
	return (uint64_t)part->by_inode.key;
}

/* NULL: no part has that number. */
struct data_part *parts_find(const struct parts *parts, uint64_t inode);

/* A new part with one reference. -ENOMEM. */
int parts_add(struct parts *parts, const struct data_identity *identity,
	      struct data_part **ret_part);

/* The last reference frees the part and its extents. */
void parts_unref(struct parts *parts, struct data_part *part);

/* Creates `extents` and `readers` where they are NULL. -ENOMEM. */
int part_prepare(struct parts *parts, struct data_part *part);

/* Its footer has been decoded. When there are too many, frees the oldest of
   parts that are not open. */
void part_keep_footer(struct parts *parts, struct data_part *part);
/* Frees its footer; its state is PARQUET_UNKNOWN again. */
void part_drop_footer(struct parts *parts, struct data_part *part);

/* At the last close: drops its wants and frees `readers`; its prefetched blocks
   rank as read ones from here on. */
void part_end_reading(struct parts *parts, struct data_part *part,
		      int64_t now_ms);

/* Orphans its extents: see pool_orphan(). */
void part_drop_extents(struct parts *parts, struct data_part *part);

/* What an answer's version means for its part. */
enum version_check {
	VERSION_ACCEPTED, /* the part's: take the bytes */
	VERSION_CHANGED,  /* another: the part is -ESTALE from now on */
	VERSION_MISSING,  /* none, and the part has one: take no bytes */
	/* The first one, after answers without any of which no byte was handed
	   out: the part has new extents; ask again for those. */
	VERSION_LEARNED,
	VERSION_NO_MEMORY, /* take no bytes */
};

/* Compares the version of an answer for `extents` ("": it has none) with that
   of the part, and updates the part. */
enum version_check part_check_version(struct parts *parts,
				      struct data_part *part,
				      struct extents *extents,
				      const char *version);

/* A read of [start, end) by `caller` (0: unknown) has timed out. */
void part_note_timeout(struct data_part *part, uint64_t caller, int64_t start,
		       int64_t end, int64_t now_ms);
/* Did a read of the byte at `offset` time out, of this caller within the last
   second, or of any within the last 200 ms? */
bool part_timed_out_recently(const struct data_part *part, uint64_t caller,
			     int64_t offset, int64_t now_ms);

#endif
