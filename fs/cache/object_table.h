#ifndef CAIFS_CACHE_OBJECT_TABLE_H
#define CAIFS_CACHE_OBJECT_TABLE_H

/*
 * The files of parts (object.h) that are in use, each open once, and some that
 * were lately. Whoever gets an object holds it until it puts it back.
 *
 * Any thread; object_get() waits for the disk, the others do not. The lock is
 * a leaf and is not held across I/O.
 */

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "caifs/hash.h"
#include "object.h"

struct object {
	char name[DIRECTORY_NAME]; /* key */
	UT_hash_handle hh;
	struct object *prev, *next; /* among the idle; guarded by the lock */
	int holders;		    /* guarded by the lock */
	_Atomic bool unlinked;	    /* of another version, or removed */
	bool there;		    /* in the table; guarded by the lock */
	int64_t touched_ms;	    /* guarded by the lock */
	struct object_file file;
};

struct object_table {
	int directory;
	pthread_mutex_t lock;
	struct object *objects, *idle;
	size_t idle_count;
};

void object_table_init(struct object_table *table, int directory);
void object_table_finish(struct object_table *table);

/* The one on disk: -ENOENT there is none; -EBADMSG it was damaged, and has
   been removed. With a `version`, it is made when there is none, and made anew
   when there is one of another version. */
int object_get(struct object_table *table, const struct object_key *key,
	       const char *version, struct object **ret_object);

void object_put(struct object_table *table, struct object *object);

/* Those that nobody holds are closed, and their room is free if they were
   removed. */
void object_table_drop_idle(struct object_table *table);

/* Nobody gets it any more; who tries to next removes it from the disk. */
void object_mark_unlinked(struct object *object);

#endif
