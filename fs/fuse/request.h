#ifndef CAIFS_FUSE_REQUEST_H
#define CAIFS_FUSE_REQUEST_H

/*
 * One request of the kernel that may have to wait, from its arrival to its
 * answer. `attempt` does the work from memory; where it has to wait it leaves
 * the request's waiter and returns REQUEST_PARKED, and is called again, from
 * its start, when that is worth while. It may be on another thread by then.
 *
 * Who holds a request: the thread that runs an attempt; once parked, nobody,
 * until either the waiter is woken or the deadline thread
 * (pending_requests.h) gets the waiter back. So it is answered once.
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
	/* REQUEST_ANSWERED: it has called request_detach() and a fuse_reply.
	   Negative errno: the machinery answers with it. */
	int (*attempt)(struct request *request);
	/* Takes the waiter back; the request will be answered with `why`. */
	bool (*unpark)(struct request *request, int why);
};

struct request {
	const struct request_kind *kind;
	struct mount *mount;
	fuse_req_t fuse;
	struct data_waiter waiter;
	struct job again; /* once it has been woken */

	/* What is asked, as far as the kind needs it. */
	uint64_t ino;
	char *name; /* owned */
	struct fuse_file_info file;
	int64_t offset;
	size_t size;

	/* The parking's. */
	int64_t deadline_ms;
	_Atomic bool interrupted;
	bool dying; /* its caller */
	unsigned looked_at;
	struct request *prev, *next;
};

/* Copies `template` (its `kind`, and what is asked), and runs it. */
void request_begin(struct mount *mount, fuse_req_t fuse,
		   const struct request *template);

/* Before any reply: from here on no interrupt and no deadline concerns it. */
void request_detach(struct request *request);

/* Settles and answers with `err`, logs it where it is news, frees. */
void request_fail(struct request *request, int err);

#endif
