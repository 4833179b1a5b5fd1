#ifndef CAIFS_NAMESPACE_DIRECTORY_H
#define CAIFS_NAMESPACE_DIRECTORY_H

/*
 * What is known of one directory's contents, how old that is, and who waits
 * for better: its listing as a whole, and questions about single names.
 *
 * Guarded by the namespace's lock, as are all functions here.
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
	int64_t fresh_until_ms;	   /* monotonic */
	bool loading;
	int error; /* of the last load, while there is no snapshot */
	int64_t error_until_ms;
	struct waiter *waiters;
	struct name_query *name_queries; /* by name; see name_query.h */
};

bool directory_is_fresh(const struct directory *directory, int64_t now_ms);

/* The listing, not older than it may be, or an old one while a new one cannot
   be had: borrowed. Else NAMESPACE_PARKED, or the error of a load that failed
   a moment ago. `node` is a dataset, a batch, or the root. */
int directory_list(struct namespace *ns, struct node *node,
		   struct waiter *waiter, struct snapshot **ret_snapshot);

/* What one name in it is (name_query.h), asked for if need be: 0 (entry 0 of
   `*ret_snapshot`, borrowed), NAMESPACE_PARKED, -ENOENT, or why it could not be
   had. The platform is asked for `id`. `node` is a dataset or the root. */
int directory_query_name(struct namespace *ns, struct node *node,
			 const char *name, const char *id,
			 struct waiter *waiter, struct snapshot **ret_snapshot);

#endif
