#ifndef CAIFS_FUSE_PARKING_H
#define CAIFS_FUSE_PARKING_H

/*
 * Where requests stand while they are being answered, so that none stands for
 * ever: one thread looks after them, and ends those whose deadline has passed
 * and those whose caller is dying.
 *
 * Its lock is the outermost: an attendant that holds it takes the namespace's
 * or the data layer's to have a waiter back. Whoever answers takes it alone.
 */

#include <stdbool.h>
#include <stdint.h>

struct request;
struct parking;

/* `end` is called for a request whose waiter the attendant has got back, on its
   thread and without the lock: answers with `err`, calls parking_answered(),
   frees the request. -ENOMEM, or why there is no thread. */
int parking_create(void (*end)(struct request *request, int err),
		   struct parking **ret_parking);
struct parking *parking_destroy(struct parking *parking);

/* Any thread. Between exit and answered the request is being answered, by
   the thread that made it exit. */
void parking_enter(struct parking *parking, struct request *request);
void parking_exit(struct parking *parking, struct request *request);
void parking_answered(struct parking *parking);

/* The kernel has interrupted a request. Takes no lock (it is called under
   libfuse's). */
void parking_look(struct parking *parking);

/* Answers all that is parked with EINTR, and returns when none is left, nor any
   reply under way: the session may then be closed. */
void parking_clear(struct parking *parking);

#endif
