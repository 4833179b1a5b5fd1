#ifndef CAIFS_NAMESPACE_DIRECTORY_H
#define CAIFS_NAMESPACE_DIRECTORY_H

/*
 * The known contents of one directory: its listing, the queries of single names
 * in it, and the waiters of both.
 *
 * Guarded by the namespace's lock: call all functions with it.
 */

#include <stdbool.h>
#include <stdint.h>

#include "caifs/waiter.h"
#include "snapshot.h"

struct namespace;
struct node;
struct name_query;

struct directory {
	struct snapshot *snapshot; /* NULL: never listed */
	int64_t fresh_until_ms;	   /* monotonic; INT64_MAX: for ever */
	bool requested;		   /* a list request is queued or running */
	int error; /* of the last request, while `snapshot` is NULL; 0: none */
	int64_t error_until_ms; /* monotonic */
	struct waiter *waiters;
	struct name_query *name_queries; /* by name; see name_query.h */
};

/* `snapshot` exists and is not too old. */
bool directory_is_fresh(const struct directory *directory, int64_t now_ms);

/* The listing, borrowed while the lock is held: a fresh one, or an old one if a
   list request failed in the last NAMESPACE_FAILURE_MS. NAMESPACE_PARKED: it is
   requested, and `waiter` waits for it. Else -ENOMEM or such a request's error.
   `node` is a dataset, a batch, or the root. */
int directory_list(struct namespace *ns, struct node *node,
		   struct waiter *waiter, struct snapshot **ret_snapshot);

/* What `name` in it is (name_query.h): 0 and entry 0 of `*ret_snapshot`,
   borrowed while the lock is held, or -ENOENT. NAMESPACE_PARKED: the platform
   is asked for `id`, and `waiter` waits for that. Else -ENOMEM or the error of
   a recent query. `node` is a dataset or the root. */
int directory_query_name(struct namespace *ns, struct node *node,
			 const char *name, const char *id,
			 struct waiter *waiter, struct snapshot **ret_snapshot);

#endif
