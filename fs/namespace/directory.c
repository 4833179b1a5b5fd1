/* Directories: see directory.h. */

#include "directory.h"

#include "caifs/clock.h"
#include "list_request.h"
#include "name_query.h"
#include "namespace_internal.h"

#include <errno.h>

bool directory_is_fresh(const struct directory *directory, int64_t now_ms)
{
	return directory->snapshot && now_ms < directory->fresh_until_ms;
}

int directory_list(struct namespace *ns, struct node *node,
		   struct waiter *waiter, struct snapshot **ret_snapshot)
{
	struct directory *directory = &node->directory;
	int64_t now_ms = clock_now_ms();
	int err;

	if (directory_is_fresh(directory, now_ms)) {
		*ret_snapshot = directory->snapshot;
		return 0;
	}
	if (!directory->snapshot && directory->error &&
	    now_ms < directory->error_until_ms)
		return directory->error;
	if (!directory->requested) {
		err = list_request_queue(ns, node, NULL, NULL);
		if (err)
			return err;
		directory->requested = true;
	}
	waiter_join(&directory->waiters, waiter);
	return NAMESPACE_PARKED;
}

int directory_query_name(struct namespace *ns, struct node *node,
			 const char *name, const char *id,
			 struct waiter *waiter, struct snapshot **ret_snapshot)
{
	struct name_query *query = name_query_find(node, name, clock_now_ms());
	int err;

	if (query) {
		*ret_snapshot = query->snapshot;
		return query->error;
	}
	query = name_query_find_or_add(node, name);
	if (!query)
		return -ENOMEM;
	if (!query->requested) {
		err = list_request_queue(ns, node, name, id);
		if (err)
			return err;
		query->requested = true;
	}
	waiter_join(&query->waiters, waiter);
	return NAMESPACE_PARKED;
}
