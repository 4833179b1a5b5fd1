/* Waits that are bounded: see alarm.h. The lock guards all of it. */

#include "alarm.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include <utlist.h>

#include "caifs/clock.h"
#include "caifs/thread.h"

struct alarm_clock {
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	struct alarm *alarms;
	bool stopping;
};

static struct alarm *earliest(struct alarm_clock *clock)
{
	struct alarm *alarm, *found = NULL;

	DL_FOREACH (clock->alarms, alarm)
		if (!found || alarm->due_ms < found->due_ms)
			found = alarm;
	return found;
}

static void wait_for(struct alarm_clock *clock, int64_t ms)
{
	struct timespec until;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += ms / 1000;
	until.tv_nsec += ms % 1000 * 1000000;
	if (until.tv_nsec >= 1000000000) {
		until.tv_nsec -= 1000000000;
		until.tv_sec++;
	}
	pthread_cond_timedwait(&clock->changed, &clock->lock, &until);
}

static void *work(void *data)
{
	struct alarm_clock *clock = data;

	pthread_mutex_lock(&clock->lock);
	while (!clock->stopping) {
		struct alarm *alarm = earliest(clock);
		int64_t left = alarm ? alarm->due_ms - clock_now_ms() : 0;

		if (!alarm) {
			pthread_cond_wait(&clock->changed, &clock->lock);
		} else if (left > 0) {
			wait_for(clock, left);
		} else {
			DL_DELETE(clock->alarms, alarm);
			alarm->set = false;
			pthread_mutex_unlock(&clock->lock);
			alarm->ring(alarm);
			pthread_mutex_lock(&clock->lock);
		}
	}
	pthread_mutex_unlock(&clock->lock);
	return NULL;
}

int alarm_clock_create(struct alarm_clock **ret_clock)
{
	struct alarm_clock *clock = calloc(1, sizeof(*clock));
	pthread_condattr_t attributes;
	int err;

	if (!clock)
		return -ENOMEM;
	pthread_mutex_init(&clock->lock, NULL);
	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(&clock->changed, &attributes);
	pthread_condattr_destroy(&attributes);
	err = thread_start(&clock->thread, "caifs-alarm", work, clock);
	if (err) {
		free(clock);
		return err;
	}
	*ret_clock = clock;
	return 0;
}

struct alarm_clock *alarm_clock_destroy(struct alarm_clock *clock)
{
	if (!clock)
		return NULL;
	pthread_mutex_lock(&clock->lock);
	clock->stopping = true;
	pthread_cond_signal(&clock->changed);
	pthread_mutex_unlock(&clock->lock);
	pthread_join(clock->thread, NULL);
	pthread_cond_destroy(&clock->changed);
	pthread_mutex_destroy(&clock->lock);
	free(clock);
	return NULL;
}

void alarm_set(struct alarm_clock *clock, struct alarm *alarm, int64_t in_ms)
{
	alarm->due_ms = clock_now_ms() + in_ms;
	pthread_mutex_lock(&clock->lock);
	alarm->set = true;
	DL_APPEND(clock->alarms, alarm);
	pthread_cond_signal(&clock->changed);
	pthread_mutex_unlock(&clock->lock);
}

bool alarm_clear(struct alarm_clock *clock, struct alarm *alarm)
{
	bool set;

	pthread_mutex_lock(&clock->lock);
	set = alarm->set;
	if (set)
		DL_DELETE(clock->alarms, alarm);
	alarm->set = false;
	pthread_mutex_unlock(&clock->lock);
	return set;
}
