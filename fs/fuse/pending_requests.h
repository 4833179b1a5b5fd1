#ifndef CAIFS_FUSE_PENDING_REQUESTS_H
#define CAIFS_FUSE_PENDING_REQUESTS_H

/*
 * Where requests stand while they are being answered, so that none stands for
 * ever: one thread looks after them, and ends those whose deadline has passed
 * and those whose caller is dying.
 *
 * Its lock is the outermost: the deadline thread that holds it takes the
 * namespace's or the data layer's to have a waiter back. Whoever answers takes
 * it alone.
 */

#include <stdbool.h>
#include <stdint.h>

struct request;
struct pending_requests;

/* `end` is called for a request whose waiter the deadline thread has got back,
   on its thread and without the lock: answers with `err`, calls
   pending_answered(), frees the request. -ENOMEM, or why there is no thread. */
int pending_create(void (*end)(struct request *request, int err),
		   struct pending_requests **ret_pending);
struct pending_requests *pending_destroy(struct pending_requests *pending);

/* Any thread. Between exit and answered the request is being answered, by
   the thread that made it exit. */
void pending_enter(struct pending_requests *pending, struct request *request);
void pending_exit(struct pending_requests *pending, struct request *request);
void pending_answered(struct pending_requests *pending);

/* The kernel has interrupted a request. Takes no lock (it is called under
   libfuse's). */
void pending_look(struct pending_requests *pending);

/* Answers all that is parked with EINTR, and returns when none is left, nor any
   reply under way: the session may then be closed. */
void pending_clear(struct pending_requests *pending);

#endif
