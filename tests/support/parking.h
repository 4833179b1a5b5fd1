#ifndef CAIFS_TEST_PARKING_H
#define CAIFS_TEST_PARKING_H

/* Blocking a test's thread until a waiter is woken. Any thread. */

#include <pthread.h>
#include <stdbool.h>

#include "caifs/waiter.h"

/* Counts wakes. */
struct bell {
	pthread_mutex_t lock;
	pthread_cond_t rung;
	int count; /* of rings; guarded by lock */
};

void bell_init(struct bell *bell);
void bell_finish(struct bell *bell);
void bell_ring(struct bell *bell); /* adds one */
int bell_count(struct bell *bell);

/* Blocks until it has rung `count` times in all. */
void bell_wait(struct bell *bell, int count);

/* A waiter whose wake() rings the bell. */
struct parked {
	struct waiter waiter;
	struct bell bell;
};

void parked_init(struct parked *parked);
void parked_finish(struct parked *parked);
bool parked_was_woken(struct parked *parked);

/* Blocks until it is woken, then sets the count to 0: it may park again. */
void parked_wait(struct parked *parked);

#endif
