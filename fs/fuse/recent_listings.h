#ifndef CAIFS_FUSE_RECENT_LISTINGS_H
#define CAIFS_FUSE_RECENT_LISTINGS_H

/*
 * Which process has listed which directory in the last ten seconds. cp -r, tar,
 * rsync and other tools that walk a tree list a directory, then read its parts
 * one after the other. A process that opens one known path did not list, so it
 * gets no cross-file prefetch.
 *
 * Any thread. One lock, taken inside, innermost.
 */

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* At most so many listings are remembered, each for so long. */
enum { RECENT_LISTINGS_MAX = 64, RECENT_LISTINGS_MS = 10 * 1000 };

struct recent_listings {
	pthread_mutex_t lock;
	struct recent_listing {
		pid_t process; /* 0: free */
		uint64_t directory;
		int64_t until_ms;      /* monotonic */
	} latest[RECENT_LISTINGS_MAX]; /* a ring */
	size_t next;
};

void recent_listings_init(struct recent_listings *listings);
void recent_listings_finish(struct recent_listings *listings);

/* Remembers that `process` lists `directory`. Process 0 (not visible): no
   effect. */
void recent_listings_note(struct recent_listings *listings, pid_t process,
			  uint64_t directory);

/* True: it did so in the last RECENT_LISTINGS_MS. Process 0: false. */
bool recent_listings_has(struct recent_listings *listings, pid_t process,
			 uint64_t directory);

#endif
