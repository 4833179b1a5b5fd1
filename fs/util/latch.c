/* Latches: see latch.h. */

#include "caifs/latch.h"

#include <errno.h>
#include <time.h>

void latch_init(struct latch *latch)
{
	pthread_mutex_init(&latch->lock, NULL);
	pthread_cond_init(&latch->opened, NULL);
	latch->open = false;
}

void latch_finish(struct latch *latch)
{
	pthread_cond_destroy(&latch->opened);
	pthread_mutex_destroy(&latch->lock);
}

void latch_open(struct latch *latch)
{
	pthread_mutex_lock(&latch->lock);
	latch->open = true;
	pthread_cond_signal(&latch->opened);
	pthread_mutex_unlock(&latch->lock);
}

bool latch_wait(struct latch *latch, int64_t timeout_ms)
{
	struct timespec until;
	bool opened;
	int err = 0;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += timeout_ms / 1000;
	until.tv_nsec += timeout_ms % 1000 * 1000000;
	if (until.tv_nsec >= 1000000000) {
		until.tv_nsec -= 1000000000;
		until.tv_sec++;
	}
	pthread_mutex_lock(&latch->lock);
	while (!latch->open && err != ETIMEDOUT)
		err = pthread_cond_clockwait(&latch->opened, &latch->lock,
					     CLOCK_MONOTONIC, &until);
	opened = latch->open;
	latch->open = false;
	pthread_mutex_unlock(&latch->lock);
	return opened;
}
