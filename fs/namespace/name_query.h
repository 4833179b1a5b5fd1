#ifndef CAIFS_NAMESPACE_NAME_QUERY_H
#define CAIFS_NAMESPACE_NAME_QUERY_H

/*
 * A question about one name in a directory whose listing does not have it, or
 * is not wanted whole for it: an ID, or `latest`. Asked once however many want
 * to know (directory_query_name()), remembered for as long as a listing would
 * be, "no" included.
 *
 * Guarded by the namespace's lock.
 */

#include "caifs/hash.h"
#include "caifs/waiter.h"
#include "snapshot.h"

struct namespace;
struct node;

struct name_query {
	char *name;
	bool asking;
	int error; /* 0: `snapshot`; -ENOENT: there is none; else for a while */
	struct snapshot *snapshot; /* one entry */
	int64_t until_ms;	   /* the answer holds until then */
	struct waiter *waiters;
	UT_hash_handle hh;
};

/* An answer that still holds, or NULL. */
struct name_query *name_query_find(const struct node *node, const char *name,
				   int64_t now_ms);

/* The one of that name, whether or not it has an answer; a new one is neither
   asking nor answered. Borrowed; what another name was told may go to make
   room. NULL: -ENOMEM. */
struct name_query *name_query_find_or_add(struct node *node, const char *name);

/* What the platform said. Takes over `found` (NULL: error). */
void name_query_answer(struct namespace *ns, struct node *node,
		       const char *name, struct snapshot *found, int error,
		       struct waiter **woken);

void name_queries_finish(struct name_query **name_queries);

#endif
