#ifndef CAIFS_FUSE_WALKS_H
#define CAIFS_FUSE_WALKS_H

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
enum { WALKS_MOST = 64, WALKS_MS = 10 * 1000 };

struct walks {
	pthread_mutex_t lock;
	struct walk {
		pid_t process; /* 0: free */
		uint64_t directory;
		int64_t until_ms;
	} latest[WALKS_MOST]; /* a ring */
	size_t next;
};

void walks_init(struct walks *walks);
void walks_finish(struct walks *walks);

/* It lists the directory. */
void walks_note(struct walks *walks, pid_t process, uint64_t directory);

/* It has done so, not long ago. */
bool walks_has(struct walks *walks, pid_t process, uint64_t directory);

#endif
