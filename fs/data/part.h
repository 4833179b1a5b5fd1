#ifndef CAIFS_DATA_PART_H
#define CAIFS_DATA_PART_H

/*
 * Parts: an identity and a version, the extents of that version, and how the
 * part is being read. Found by inode number. It lives as long as it is referred
 * to, which is something else than open: the kernel's inode refers to it, and
 * handles and ranges under way do. Whatever of it is only of use while somebody
 * reads it, or is expected to, is not kept longer.
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
	PARQUET_UNKNOWN,   /* nobody has read its end */
	PARQUET_AT_TAIL,   /* its end is wanted */
	PARQUET_AT_FOOTER, /* its footer is wanted */
	PARQUET_DECODING,
	PARQUET_READY,
	PARQUET_NONE, /* it is none that is understood */
};

/* The part as a parquet table; parquet_state.c's. */
struct parquet_state {
	enum parquet_progress state;
	int64_t footer_start;		 /* from AT_FOOTER on */
	struct parquet_footer *footer;	 /* READY */
	struct column_prefetch *columns; /* READY */
	bool siblings_wanted;		 /* their footers are on their way */
	unsigned siblings_in_row; /* before it that were read for the same */
	struct list_node in_footers;
};

/* How it is being read, while it is wanted. */
struct readers {
	struct readahead readahead;
	uint64_t next_siblings[DATA_SIBLINGS]; /* inodes; 0: none */
	struct timed_out_wait timed_out[PART_TIMED_OUT_WAITS]; /* a ring */
	unsigned timed_out_next;
};

struct data_part {
	struct tree_node by_inode;
	size_t references, opens;
	size_t fills; /* of the references */
	char *file_id, *path;
	int64_t size;
	char *version;		 /* NULL: no answer named one yet */
	int error;		 /* -ESTALE: changed, for good */
	struct extents *extents; /* NULL: nothing there, nothing under way */
	uint32_t round;	     /* of readers: another when the last has left */
	unsigned want_count; /* wants of this round in the prefetch queue */

	uint64_t previous_sibling; /* its inode; 0: not known */
	bool unversioned; /* answers without a version were accepted, and none
			     with one so far */
	bool unversioned_served; /* bytes of those were handed out */
	struct list queued;	 /* reads of it that are not admitted yet */
	bool walked;	/* open, by a process that has listed its directory */
	bool streaming; /* open, and read in sequence */
	bool whole;	/* was read so, from its start */
	unsigned whole_reads_in_row; /* parts before it that were, too */
	int64_t fetched_ahead;	     /* as a sibling, up to here */
	int64_t read_ms;	 /* when its last reader left; 0: it had none */
	struct readers *readers; /* NULL: nobody reads it or is expected to */
	struct parquet_state parquet;
};

struct parts {
	struct tree by_inode;
	size_t count;
	struct pool *pool;
	/* Those with a footer, the one that was read first first. */
	struct list footers;
	size_t footer_bytes;
};

void parts_init(struct parts *parts, struct pool *pool);
/* Frees those that are left, whoever refers to them. */
void parts_finish(struct parts *parts);

static inline uint64_t part_inode(const struct data_part *part)
{
	return (uint64_t)part->by_inode.key;
}

/* NULL: there is none with that number. */
struct data_part *parts_find(const struct parts *parts, uint64_t inode);

/* With one reference. -ENOMEM. */
int parts_add(struct parts *parts, const struct data_identity *identity,
	      struct data_part **ret_part);

/* The last one frees it, with what it has; nothing is under way then. */
void parts_unref(struct parts *parts, struct data_part *part);

/* Its extents are there, and `readers`. -ENOMEM. */
int part_prepare(struct parts *parts, struct data_part *part);

/* Its footer has been understood. Others are forgotten when there are too
   many, but not of parts that are open. */
void part_keep_footer(struct parts *parts, struct data_part *part);
/* Forgets what its footer said. */
void part_drop_footer(struct parts *parts, struct data_part *part);

/* Its last reader has left: what was to be fetched ahead for them is not worth
   it any more, what was may be taken over, and who reads it next begins anew.
 */
void part_end_reading(struct parts *parts, struct data_part *part,
		      int64_t now_ms);

/* Nobody new finds what there is of it. */
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
