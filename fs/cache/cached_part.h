#ifndef CAIFS_CACHE_CACHED_PART_H
#define CAIFS_CACHE_CACHED_PART_H

/*
 * A table of open files of parts (part_file.h), each open once: those that are
 * referenced, and up to 128 idle ones that were used last.
 *
 * Any thread; cached_part_open() waits for the disk, the others do not. The
 * lock is a leaf and is not held across I/O.
 */

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "caifs/hash.h"
#include "part_file.h"

struct cached_part {
	char name[DIRECTORY_NAME]; /* key */
	UT_hash_handle hh;
	struct cached_part *prev, *next; /* in `idle`; guarded by the lock */
	int references;			 /* guarded by the lock */
	_Atomic bool unlinked; /* to be removed from disk, not to be used */
	bool in_table;	       /* guarded by the lock */
	int64_t touched_ms;    /* 0: not yet; guarded by the lock */
	struct part_file file;
};

struct cached_part_table {
	int directory; /* borrowed */
	pthread_mutex_t lock;
	struct cached_part *cached_parts; /* by name */
	struct cached_part *idle;	  /* not referenced; oldest first */
	size_t idle_count;
};

void cached_part_table_init(struct cached_part_table *table, int directory);
/* Call with no part referenced. Closes all files. */
void cached_part_table_finish(struct cached_part_table *table);

/* Opens the part's file and references it: call cached_part_unref(). With a
   `version`, creates the file if it is missing, and replaces one of another
   version; but "" (none was told) replaces none: -EEXIST then. NULL: opens what
   is there, of any version.
   -ENOENT: no file. -EBADMSG: it was damaged; it has been removed. -EEXIST:
   also where it is damaged and cannot be removed. -EMSGSIZE: the key is too
   long. -ENOMEM, or the error of the disk. */
int cached_part_open(struct cached_part_table *table,
		     const struct part_key *key, const char *version,
		     struct cached_part **ret_cached);

/* NULL: no effect. */
void cached_part_unref(struct cached_part_table *table,
		       struct cached_part *cached);

/* Closes idle files: the disk space of those that were removed is freed. */
void cached_part_table_drop_idle(struct cached_part_table *table);

/* cached_part_open() returns it no more: the next call for its part removes the
   file from disk. Does not wait. */
void cached_part_mark_unlinked(struct cached_part *cached);

#endif
