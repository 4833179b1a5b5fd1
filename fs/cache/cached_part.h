#ifndef CAIFS_CACHE_CACHED_PART_H
#define CAIFS_CACHE_CACHED_PART_H

/*
 * The files of parts (part_file.h) that are in use, each open once, and some
 * that were lately. Whoever gets an object holds it until it puts it back.
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
	struct cached_part *prev,
		*next;	       /* among the idle; guarded by the lock */
	int references;	       /* guarded by the lock */
	_Atomic bool unlinked; /* of another version, or removed */
	bool there;	       /* in the table; guarded by the lock */
	int64_t touched_ms;    /* guarded by the lock */
	struct part_file file;
};

struct cached_part_table {
	int directory;
	pthread_mutex_t lock;
	struct cached_part *cached_parts, *idle;
	size_t idle_count;
};

void cached_part_table_init(struct cached_part_table *table, int directory);
void cached_part_table_finish(struct cached_part_table *table);

/* The one on disk: -ENOENT there is none; -EBADMSG it was damaged, and has
   been removed. With a `version`, it is made when there is none, and made anew
   when there is one of another version. */
int cached_part_open(struct cached_part_table *table,
		     const struct part_key *key, const char *version,
		     struct cached_part **ret_cached);

void cached_part_unref(struct cached_part_table *table,
		       struct cached_part *cached);

/* Those that nobody holds are closed, and their room is free if they were
   removed. */
void cached_part_table_drop_idle(struct cached_part_table *table);

/* Nobody gets it any more; who tries to next removes it from the disk. */
void cached_part_mark_unlinked(struct cached_part *cached);

#endif
