#ifndef CAIFS_FUSE_PENDING_REQUESTS_H
#define CAIFS_FUSE_PENDING_REQUESTS_H

/*
 * The requests that have arrived and have no reply yet. The deadline thread
 * ends those whose deadline has passed and those whose caller is dying.
 *
 * Its lock is the outermost: the deadline thread calls the request's unpark(),
 * which takes the namespace's or the data layer's lock, while it holds this
 * one. All other threads take this one alone.
 */

#include <stdbool.h>
#include <stdint.h>

struct request;
struct pending_requests;

/* The deadline thread calls `end`, without the lock, for each request that it
   has unparked: it must reply with `err`, call pending_answered() and free the
   request. -ENOMEM, or why the thread could not be started. */
int pending_create(void (*end)(struct request *request, int err),
		   struct pending_requests **ret_pending);
/* Joins the thread. NULL: no effect. Returns NULL. */
struct pending_requests *pending_destroy(struct pending_requests *pending);

/* Any thread. Enter on arrival; exit before the reply, also of a request that
   the deadline thread has taken out; answered after the reply. */
void pending_enter(struct pending_requests *pending, struct request *request);
void pending_exit(struct pending_requests *pending, struct request *request);
void pending_answered(struct pending_requests *pending);

/* Wakes the deadline thread: a request was interrupted. Takes no lock (it is
   called under libfuse's). */
void pending_look(struct pending_requests *pending);

/* Ends all parked requests with EINTR. Returns when there is none left and
   every reply has been sent: then the session may be closed. */
void pending_clear(struct pending_requests *pending);

#endif
