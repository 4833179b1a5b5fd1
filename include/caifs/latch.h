#ifndef CAIFS_LATCH_H
#define CAIFS_LATCH_H

/*
 * For commands, which unlike a mount's operations may wait: one thread waits
 * until another says that it is time. Opened once for each wait; what was
 * written before latch_open() can be read after latch_wait().
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

/* False: it was not opened in this time. It is shut again afterwards. */
bool latch_wait(struct latch *latch, int64_t timeout_ms);

#endif
