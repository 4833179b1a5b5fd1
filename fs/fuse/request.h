#ifndef CAIFS_FUSE_REQUEST_H
#define CAIFS_FUSE_REQUEST_H

/*
 * One request of the kernel that may have to wait, from arrival to reply.
 * `attempt` does the work from memory. If something is missing, it parks the
 * request's waiter (waiter.h) and returns REQUEST_PARKED; once that is woken,
 * the reply worker calls `attempt` again, from its start.
 *
 * Ownership: running: the thread in attempt(). Parked: the waiter's list.
 * Woken: the reply worker. Unparked: the deadline thread (pending_requests.h).
 * The owner replies exactly once.
 */

#define FUSE_USE_VERSION FUSE_MAKE_VERSION(3, 12)
#include <fuse_lowlevel.h>

#include "caifs/data.h"
#include "caifs/executor.h"
#include "caifs/namespace.h"
#include "mount_internal.h"

enum { REQUEST_PARKED = 1, REQUEST_ANSWERED = 0 };

struct request_kind {
	const char *name; /* for the log */
	/* REQUEST_ANSWERED: it has called request_detach() and then replied.
	   Negative errno: request_fail() replies with it. */
	int (*attempt)(struct request *request);
	/* Removes the waiter from its list; the reply will be `why`. False: it
	   has been woken or is about to be. Called with the lock of the pending
	   requests. */
	bool (*unpark)(struct request *request, int why);
};

struct request {
	const struct request_kind *kind;
	struct mount *mount;
	fuse_req_t fuse;
	struct data_waiter waiter;
	struct job again; /* posted when it is woken */

	/* The operation's arguments; 0 or NULL: not of this kind. */
	uint64_t ino;
	char *name; /* owned */
	struct fuse_file_info file;
	int64_t offset;
	size_t size;

	/* For pending_requests.c. */
	int64_t deadline_ms; /* monotonic */
	_Atomic bool interrupted;
	bool dying;    /* its caller is */
	int end_error; /* why its waiter was taken back */
	unsigned looked_at;
	struct request *prev, *next;
};

/* Makes a request of `template`'s kind and arguments (`name` is copied) and
   runs it. Replies with ENOMEM when there is no memory. */
void request_begin(struct mount *mount, fuse_req_t fuse,
		   const struct request *template);

/* Call before any reply: from here on neither interrupt nor deadline ends it.
 */
void request_detach(struct request *request);

/* Detaches, logs (but for -ENOENT and -EINTR), replies with `err`, frees. */
void request_fail(struct request *request, int err);

/* Likewise, of one whose waiter was taken back: what waited behind it may go
   on. No lock held. */
void request_take_out(struct request *request, int err);

#endif
