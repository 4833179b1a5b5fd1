/* Waiting for wakes: see parking.h. */

#include "parking.h"

#include "caifs/container.h"

void bell_init(struct bell *bell)
{
	pthread_mutex_init(&bell->lock, NULL);
	pthread_cond_init(&bell->rung, NULL);
	bell->count = 0;
}

void bell_finish(struct bell *bell)
{
	pthread_cond_destroy(&bell->rung);
	pthread_mutex_destroy(&bell->lock);
}

void bell_ring(struct bell *bell)
{
	pthread_mutex_lock(&bell->lock);
	bell->count++;
	pthread_cond_broadcast(&bell->rung);
	pthread_mutex_unlock(&bell->lock);
}

int bell_count(struct bell *bell)
{
	int count;

	pthread_mutex_lock(&bell->lock);
	count = bell->count;
	pthread_mutex_unlock(&bell->lock);
	return count;
}

void bell_wait(struct bell *bell, int count)
{
	pthread_mutex_lock(&bell->lock);
	while (bell->count < count)
		pthread_cond_wait(&bell->rung, &bell->lock);
	pthread_mutex_unlock(&bell->lock);
}

static void wake(struct waiter *waiter)
{
	bell_ring(&container_of(waiter, struct parked, waiter)->bell);
}

void parked_init(struct parked *parked)
{
	*parked = (struct parked){.waiter.wake = wake};
	bell_init(&parked->bell);
}

void parked_finish(struct parked *parked)
{
	bell_finish(&parked->bell);
}

bool parked_was_woken(struct parked *parked)
{
	return bell_count(&parked->bell) > 0;
}

void parked_wait(struct parked *parked)
{
	bell_wait(&parked->bell, 1);
	pthread_mutex_lock(&parked->bell.lock);
	parked->bell.count = 0;
	pthread_mutex_unlock(&parked->bell.lock);
}
