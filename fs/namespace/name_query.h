#ifndef CAIFS_NAMESPACE_NAME_QUERY_H
#define CAIFS_NAMESPACE_NAME_QUERY_H

/*
 * A query for one name in a directory without listing it: an ID, `latest`, or
 * the name of a dataset that is not listed. Requested once for all operations
 * that need it (directory_query_name()). The answer, -ENOENT too, is valid as
 * long as a listing would be.
 *
 * Guarded by the namespace's lock: call all functions with it.
 */

#include "caifs/hash.h"
#include "caifs/waiter.h"
#include "snapshot.h"

struct namespace;
struct node;

struct name_query {
	char *name;
	bool requested; /* a list request is queued or running */
	int error; /* 0; -ENOENT: no such name; else the request's failure */
	struct snapshot *snapshot; /* one entry; NULL: `error` */
	int64_t until_ms;	   /* end of the answer's validity, monotonic */
	struct waiter *waiters;
	UT_hash_handle hh;
};

/* The query with a valid answer, borrowed. NULL: none. */
struct name_query *name_query_find(const struct node *node, const char *name,
				   int64_t now_ms);

/* The query of that name, borrowed; a new one has neither request nor answer.
   May free other queries that are not requested. NULL: no memory. */
struct name_query *name_query_find_or_add(struct node *node, const char *name);

/* Completes the requested query of `name` and moves its waiters to `*woken`.
   Owns `found` from here on; NULL: `error` tells why. */
void name_query_answer(struct namespace *ns, struct node *node,
		       const char *name, struct snapshot *found, int error,
		       struct waiter **woken);

/* Frees all. */
void name_queries_finish(struct name_query **name_queries);

#endif
