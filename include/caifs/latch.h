#ifndef CAIFS_LATCH_H
#define CAIFS_LATCH_H

/*
 * One thread waits until another opens the latch. For commands only: a mount's
 * operations must not block. One thread may wait at a time. What was written
 * before latch_open() can be read once latch_wait() has returned true.
 */

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

struct latch {
	pthread_mutex_t lock;
	pthread_cond_t opened;
	bool open; /* guarded by lock */
};

void latch_init(struct latch *latch);
void latch_finish(struct latch *latch);

void latch_open(struct latch *latch);

/* True: it was opened, now or since the last wait. False: not in `timeout_ms`.
   Shuts it again in both cases. */
bool latch_wait(struct latch *latch, int64_t timeout_ms);

#endif
