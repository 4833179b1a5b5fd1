/*
 * The car park: see parking.h.
 *
 * Requests stand in order of arrival, which is that of their deadlines, all of
 * them having the same time. The kernel tells of an interrupt once only: after
 * a signal that did not kill, the one that does comes unannounced. So those
 * that were interrupted are looked at again and again.
 */

#include "parking.h"

#include "caifs/clock.h"
#include "caifs/thread.h"
#include "caller.h"
#include "request.h"

#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdlib.h>

#include <utlist.h>

enum { LOOK_AGAIN_MS = 200, IDLE_MS = 1000 };

struct parking {
	void (*end)(struct request *request, int err);
	pthread_t attendant;
	sem_t bell;
	unsigned round;		  /* of looking at callers; the attendant's */
	pthread_mutex_t lock;	  /* guards the rest */
	struct request *requests; /* oldest first */
	size_t answering;	  /* out of the list, replied to right now */
	bool stopping, clearing;
};

void parking_enter(struct parking *parking, struct request *request)
{
	pthread_mutex_lock(&parking->lock);
	DL_APPEND(parking->requests, request);
	pthread_mutex_unlock(&parking->lock);
}

void parking_exit(struct parking *parking, struct request *request)
{
	pthread_mutex_lock(&parking->lock);
	if (request->prev) { /* else the attendant has taken it out */
		DL_DELETE(parking->requests, request);
		parking->answering++;
	}
	pthread_mutex_unlock(&parking->lock);
}

void parking_answered(struct parking *parking)
{
	pthread_mutex_lock(&parking->lock);
	parking->answering--;
	pthread_mutex_unlock(&parking->lock);
}

void parking_look(struct parking *parking)
{
	sem_post(&parking->bell);
}

/* --- Those whose caller is dying --- */

/* An interrupted request that was not looked at in this round. */
static bool next_caller(struct parking *parking, pid_t *ret_caller)
{
	struct request *request;
	bool found = false;

	pthread_mutex_lock(&parking->lock);
	DL_FOREACH (parking->requests, request) {
		if (!atomic_load(&request->interrupted) ||
		    request->looked_at == parking->round)
			continue;
		request->looked_at = parking->round;
		*ret_caller = fuse_req_ctx(request->fuse)->pid;
		found = true;
		break;
	}
	pthread_mutex_unlock(&parking->lock);
	return found;
}

static void note_dying(struct parking *parking, pid_t caller)
{
	struct request *request;

	pthread_mutex_lock(&parking->lock);
	DL_FOREACH (parking->requests, request)
		if (atomic_load(&request->interrupted) &&
		    fuse_req_ctx(request->fuse)->pid == caller)
			request->dying = true;
	pthread_mutex_unlock(&parking->lock);
}

/* Reads /proc, which is not for under a lock. */
static bool look_at_callers(struct parking *parking)
{
	bool any = false;
	pid_t caller;

	parking->round++;
	while (next_caller(parking, &caller)) {
		any = true;
		if (caller_is_dying(caller))
			note_dying(parking, caller);
	}
	return any;
}

/* --- Those who wait no longer --- */

/* The errno that ends this request now, or 0. */
static int verdict(const struct parking *parking, const struct request *request,
		   int64_t now_ms)
{
	if (parking->clearing || request->dying)
		return -EINTR;
	return now_ms >= request->deadline_ms ? -ETIMEDOUT : 0;
}

/* Takes out those that end now; why is in their waiter's `error`. */
static struct request *collect(struct parking *parking)
{
	struct request *ended = NULL, *request, *next;
	int64_t now_ms = clock_now_ms();

	pthread_mutex_lock(&parking->lock);
	DL_FOREACH_SAFE (parking->requests, request, next) {
		int err = verdict(parking, request, now_ms);

		if (!err || !request->kind->unpark(request, err))
			continue;
		DL_DELETE(parking->requests, request);
		parking->answering++;
		request->waiter.error = err;
		DL_APPEND(ended, request);
	}
	pthread_mutex_unlock(&parking->lock);
	return ended;
}

static void end_all(struct parking *parking, struct request *ended)
{
	struct request *request;

	while ((request = ended)) {
		DL_DELETE(ended, request);
		request->prev = NULL; /* it stands nowhere now */
		parking->end(request, request->waiter.error);
	}
}

static void wait_for_bell(struct parking *parking, int64_t ms)
{
	struct timespec until;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += ms / 1000;
	until.tv_nsec += ms % 1000 * 1000000;
	if (until.tv_nsec >= 1000000000) {
		until.tv_nsec -= 1000000000;
		until.tv_sec++;
	}
	sem_clockwait(&parking->bell, CLOCK_MONOTONIC, &until);
}

static bool is_stopping(struct parking *parking)
{
	bool stopping;

	pthread_mutex_lock(&parking->lock);
	stopping = parking->stopping;
	pthread_mutex_unlock(&parking->lock);
	return stopping;
}

static void *attend(void *data)
{
	struct parking *parking = data;
	bool interrupted;

	while (!is_stopping(parking)) {
		interrupted = look_at_callers(parking);
		end_all(parking, collect(parking));
		wait_for_bell(parking, interrupted ? LOOK_AGAIN_MS : IDLE_MS);
	}
	return NULL;
}

void parking_clear(struct parking *parking)
{
	bool empty;

	do {
		pthread_mutex_lock(&parking->lock);
		parking->clearing = true;
		empty = !parking->requests && !parking->answering;
		pthread_mutex_unlock(&parking->lock);
		if (!empty) {
			sem_post(&parking->bell);
			nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
		}
	} while (!empty);
}

int parking_create(void (*end)(struct request *request, int err),
		   struct parking **ret_parking)
{
	struct parking *parking = calloc(1, sizeof(*parking));
	int err;

	if (!parking)
		return -ENOMEM;
	parking->end = end;
	sem_init(&parking->bell, 0, 0);
	pthread_mutex_init(&parking->lock, NULL);
	err = thread_start(&parking->attendant, "caifs-parking", attend,
			   parking);
	if (err) {
		free(parking);
		return err;
	}
	*ret_parking = parking;
	return 0;
}

struct parking *parking_destroy(struct parking *parking)
{
	if (!parking)
		return NULL;
	pthread_mutex_lock(&parking->lock);
	parking->stopping = true;
	pthread_mutex_unlock(&parking->lock);
	sem_post(&parking->bell);
	pthread_join(parking->attendant, NULL);
	pthread_mutex_destroy(&parking->lock);
	sem_destroy(&parking->bell);
	free(parking);
	return NULL;
}
