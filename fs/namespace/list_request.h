#ifndef CAIFS_NAMESPACE_LIST_REQUEST_H
#define CAIFS_NAMESPACE_LIST_REQUEST_H

/*
 * A request to the source for a whole directory's listing or for one name in
 * it. Queued under the namespace's lock, started when namespace_leave() has
 * released it, completed on the source's thread.
 */

struct namespace;
struct node;
struct list_request;

/* Call with the lock. `name` NULL: the whole directory; else queries the
   platform for `id` and completes the name query of `name`. Copies the
   strings. 0 or -ENOMEM. */
int list_request_queue(struct namespace *ns, struct node *node,
		       const char *name, const char *id);

#endif
