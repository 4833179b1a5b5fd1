#ifndef CAIFS_TEST_PARKING_H
#define CAIFS_TEST_PARKING_H

/* A place where wakes are counted and a thread can wait for them: what parks
   in a test is a member of a struct that points here. */

#include <pthread.h>
#include <stdbool.h>

#include "caifs/waiter.h"

struct bell {
	pthread_mutex_t lock;
	pthread_cond_t rung;
	int count; /* guarded by lock */
};

void bell_init(struct bell *bell);
void bell_finish(struct bell *bell);
void bell_ring(struct bell *bell);
int bell_count(struct bell *bell);

/* Until it has rung `count` times since the start. */
void bell_wait(struct bell *bell, int count);

/* A waiter that rings a bell of its own. */
struct parked {
	struct waiter waiter;
	struct bell bell;
};

void parked_init(struct parked *parked);
void parked_finish(struct parked *parked);
bool parked_was_woken(struct parked *parked);

/* Until it is woken; then it may park again. */
void parked_wait(struct parked *parked);

#endif
