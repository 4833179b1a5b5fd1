#ifndef CAIFS_CACHE_ALARM_H
#define CAIFS_CACHE_ALARM_H

/*
 * A thread that rings when it is time: for waits that are bounded. `ring` runs
 * on it with no lock held, once for each setting, and must not wait.
 *
 * Any thread. A setting is taken back by alarm_clear(), which says whether it
 * was in time to.
 */

#include <stdbool.h>
#include <stdint.h>

struct alarm {
	void (*ring)(struct alarm *alarm);
	int64_t due_ms; /* the rest is the clock's */
	struct alarm *prev, *next;
	bool set;
};

struct alarm_clock;

int alarm_clock_create(struct alarm_clock **ret_clock);

/* Forgets what has not rung. NULL is allowed. Returns NULL. */
struct alarm_clock *alarm_clock_destroy(struct alarm_clock *clock);

void alarm_set(struct alarm_clock *clock, struct alarm *alarm, int64_t in_ms);
bool alarm_clear(struct alarm_clock *clock, struct alarm *alarm);

#endif
