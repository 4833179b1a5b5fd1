/*
 * Pending requests: see pending_requests.h.
 *
 * The kernel reports only the first interrupt of a request: a signal that kills
 * is not reported after one that did not. So the callers of interrupted
 * requests are checked every LOOK_AGAIN_MS.
 */

#include "pending_requests.h"

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

struct pending_requests {
	void (*end)(struct request *request, int err);
	pthread_t deadline_thread;
	sem_t wakeup;
	unsigned round;	      /* of checking callers; deadline thread only */
	pthread_mutex_t lock; /* guards the rest */
	struct request *requests; /* oldest first */
	size_t answering; /* out of the list, pending_answered() to come */
	bool stopping, clearing;
};

void pending_enter(struct pending_requests *pending, struct request *request)
{
	pthread_mutex_lock(&pending->lock);
	DL_APPEND(pending->requests, request);
	pthread_mutex_unlock(&pending->lock);
}

void pending_exit(struct pending_requests *pending, struct request *request)
{
	pthread_mutex_lock(&pending->lock);
	if (request->prev) { /* NULL: the deadline thread has taken it out */
		DL_DELETE(pending->requests, request);
		pending->answering++;
	}
	pthread_mutex_unlock(&pending->lock);
}

void pending_answered(struct pending_requests *pending)
{
	pthread_mutex_lock(&pending->lock);
	pending->answering--;
	pthread_mutex_unlock(&pending->lock);
}

void pending_look(struct pending_requests *pending)
{
	sem_post(&pending->wakeup);
}

/* --- Dying callers --- */

/* The caller of an interrupted request that this round has not looked at yet.
   False: there is none. */
static bool next_caller(struct pending_requests *pending, pid_t *ret_caller)
{
	struct request *request;
	bool found = false;

	pthread_mutex_lock(&pending->lock);
	DL_FOREACH (pending->requests, request) {
		if (!atomic_load(&request->interrupted) ||
		    request->looked_at == pending->round)
			continue;
		request->looked_at = pending->round;
		*ret_caller = fuse_req_ctx(request->fuse)->pid;
		found = true;
		break;
	}
	pthread_mutex_unlock(&pending->lock);
	return found;
}

static void note_dying(struct pending_requests *pending, pid_t caller)
{
	struct request *request;

	pthread_mutex_lock(&pending->lock);
	DL_FOREACH (pending->requests, request)
		if (atomic_load(&request->interrupted) &&
		    fuse_req_ctx(request->fuse)->pid == caller)
			request->dying = true;
	pthread_mutex_unlock(&pending->lock);
}

/* Without the lock: reads /proc. True: there are interrupted requests. */
static bool look_at_callers(struct pending_requests *pending)
{
	bool any = false;
	pid_t caller;

	pending->round++;
	while (next_caller(pending, &caller)) {
		any = true;
		if (caller_is_dying(caller))
			note_dying(pending, caller);
	}
	return any;
}

/* --- Ending --- */

/* The errno that ends this request now, or 0. */
static int reason_to_end(const struct pending_requests *pending,
			 const struct request *request, int64_t now_ms)
{
	if (pending->clearing || request->dying)
		return -EINTR;
	return now_ms >= request->deadline_ms ? -ETIMEDOUT : 0;
}

/* Takes out those that end now; why is in their `end_error`. */
static struct request *collect(struct pending_requests *pending)
{
	struct request *ended = NULL, *request, *next;
	int64_t now_ms = clock_now_ms();

	pthread_mutex_lock(&pending->lock);
	DL_FOREACH_SAFE (pending->requests, request, next) {
		int err = reason_to_end(pending, request, now_ms);

		if (!err || !request->kind->unpark(request, err))
			continue;
		DL_DELETE(pending->requests, request);
		pending->answering++;
		request->end_error = err;
		DL_APPEND(ended, request);
	}
	pthread_mutex_unlock(&pending->lock);
	return ended;
}

static void end_all(struct pending_requests *pending, struct request *ended)
{
	struct request *request;

	while ((request = ended)) {
		DL_DELETE(ended, request);
		request->prev = NULL; /* in no list, for pending_exit() */
		pending->end(request, request->end_error);
	}
}

static void wait_for_wakeup(struct pending_requests *pending, int64_t ms)
{
	struct timespec until;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += ms / 1000;
	until.tv_nsec += ms % 1000 * 1000000;
	if (until.tv_nsec >= 1000000000) {
		until.tv_nsec -= 1000000000;
		until.tv_sec++;
	}
	sem_clockwait(&pending->wakeup, CLOCK_MONOTONIC, &until);
}

static bool is_stopping(struct pending_requests *pending)
{
	bool stopping;

	pthread_mutex_lock(&pending->lock);
	stopping = pending->stopping;
	pthread_mutex_unlock(&pending->lock);
	return stopping;
}

static void *run_deadlines(void *data)
{
	struct pending_requests *pending = data;
	bool interrupted;

	while (!is_stopping(pending)) {
		interrupted = look_at_callers(pending);
		end_all(pending, collect(pending));
		wait_for_wakeup(pending, interrupted ? LOOK_AGAIN_MS : IDLE_MS);
	}
	return NULL;
}

void pending_clear(struct pending_requests *pending)
{
	bool empty;

	do {
		pthread_mutex_lock(&pending->lock);
		pending->clearing = true;
		empty = !pending->requests && !pending->answering;
		pthread_mutex_unlock(&pending->lock);
		if (!empty) {
			sem_post(&pending->wakeup);
			nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
		}
	} while (!empty);
}

int pending_create(void (*end)(struct request *request, int err),
		   struct pending_requests **ret_pending)
{
	struct pending_requests *pending = calloc(1, sizeof(*pending));
	int err;

	if (!pending)
		return -ENOMEM;
	pending->end = end;
	sem_init(&pending->wakeup, 0, 0);
	pthread_mutex_init(&pending->lock, NULL);
	err = thread_start(&pending->deadline_thread, "caifs-deadline",
			   run_deadlines, pending);
	if (err) {
		free(pending);
		return err;
	}
	*ret_pending = pending;
	return 0;
}

struct pending_requests *pending_destroy(struct pending_requests *pending)
{
	if (!pending)
		return NULL;
	pthread_mutex_lock(&pending->lock);
	pending->stopping = true;
	pthread_mutex_unlock(&pending->lock);
	sem_post(&pending->wakeup);
	pthread_join(pending->deadline_thread, NULL);
	pthread_mutex_destroy(&pending->lock);
	sem_destroy(&pending->wakeup);
	free(pending);
	return NULL;
}
