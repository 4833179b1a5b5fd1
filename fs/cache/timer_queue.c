/* Timers: see timer_queue.h. The lock guards the queue and all its timers. */

#include "timer_queue.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include <utlist.h>

#include "caifs/clock.h"
#include "caifs/thread.h"

struct timer_queue {
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	struct timer *timers;
	bool stopping;
};

static struct timer *earliest(struct timer_queue *timers)
{
	struct timer *timer, *found = NULL;

	DL_FOREACH (timers->timers, timer)
		if (!found || timer->due_ms < found->due_ms)
			found = timer;
	return found;
}

static void wait_for(struct timer_queue *timers, int64_t ms)
{
	struct timespec until;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += ms / 1000;
	until.tv_nsec += ms % 1000 * 1000000;
	if (until.tv_nsec >= 1000000000) {
		until.tv_nsec -= 1000000000;
		until.tv_sec++;
	}
	pthread_cond_timedwait(&timers->changed, &timers->lock, &until);
}

static void *work(void *data)
{
	struct timer_queue *timers = data;

	pthread_mutex_lock(&timers->lock);
	while (!timers->stopping) {
		struct timer *timer = earliest(timers);
		int64_t left = timer ? timer->due_ms - clock_now_ms() : 0;

		if (!timer) {
			pthread_cond_wait(&timers->changed, &timers->lock);
		} else if (left > 0) {
			wait_for(timers, left);
		} else {
			DL_DELETE(timers->timers, timer);
			timer->set = false;
			pthread_mutex_unlock(&timers->lock);
			timer->fire(timer);
			pthread_mutex_lock(&timers->lock);
		}
	}
	pthread_mutex_unlock(&timers->lock);
	return NULL;
}

int timer_queue_create(struct timer_queue **ret_queue)
{
	struct timer_queue *timers = calloc(1, sizeof(*timers));
	pthread_condattr_t attributes;
	int err;

	if (!timers)
		return -ENOMEM;
	pthread_mutex_init(&timers->lock, NULL);
	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(&timers->changed, &attributes);
	pthread_condattr_destroy(&attributes);
	err = thread_start(&timers->thread, "caifs-timers", work, timers);
	if (err) {
		free(timers);
		return err;
	}
	*ret_queue = timers;
	return 0;
}

struct timer_queue *timer_queue_destroy(struct timer_queue *timers)
{
	if (!timers)
		return NULL;
	pthread_mutex_lock(&timers->lock);
	timers->stopping = true;
	pthread_cond_signal(&timers->changed);
	pthread_mutex_unlock(&timers->lock);
	pthread_join(timers->thread, NULL);
	pthread_cond_destroy(&timers->changed);
	pthread_mutex_destroy(&timers->lock);
	free(timers);
	return NULL;
}

void timer_set(struct timer_queue *timers, struct timer *timer, int64_t in_ms)
{
	timer->due_ms = clock_now_ms() + in_ms;
	pthread_mutex_lock(&timers->lock);
	timer->set = true;
	DL_APPEND(timers->timers, timer);
	pthread_cond_signal(&timers->changed);
	pthread_mutex_unlock(&timers->lock);
}

bool timer_clear(struct timer_queue *timers, struct timer *timer)
{
	bool set;

	pthread_mutex_lock(&timers->lock);
	set = timer->set;
	if (set)
		DL_DELETE(timers->timers, timer);
	timer->set = false;
	pthread_mutex_unlock(&timers->lock);
	return set;
}
