#ifndef CAIFS_FUSE_RECENT_LISTINGS_H
#define CAIFS_FUSE_RECENT_LISTINGS_H

/*
 * Who has listed which directory a moment ago: cp -r, tar, rsync and whoever
 * else walks a tree lists a directory and then reads what is in it, one part
 * after the other. A reader who was told one part's name does not.
 *
 * Any thread. One lock, taken within, innermost.
 */

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* As many as walk at the same time; a listing counts so long. */
enum { RECENT_LISTINGS_MAX = 64, RECENT_LISTINGS_MS = 10 * 1000 };

struct recent_listings {
	pthread_mutex_t lock;
	struct recent_listing {
		pid_t process; /* 0: free */
		uint64_t directory;
		int64_t until_ms;
	} latest[RECENT_LISTINGS_MAX]; /* a ring */
	size_t next;
};

void recent_listings_init(struct recent_listings *listings);
void recent_listings_finish(struct recent_listings *listings);

/* It lists the directory. */
void recent_listings_note(struct recent_listings *listings, pid_t process,
			  uint64_t directory);

/* It has done so, not long ago. */
bool recent_listings_has(struct recent_listings *listings, pid_t process,
			 uint64_t directory);

#endif
