#ifndef CAIFS_NAMESPACE_LIST_REQUEST_H
#define CAIFS_NAMESPACE_LIST_REQUEST_H

/*
 * One listing under way at the source, for a directory as a whole or for one
 * name in it. Queued under the namespace's lock, started after it is released
 * (namespace_leave()), settled on the source's thread.
 */

struct namespace;
struct node;
struct list_request;

/* `name` NULL: the whole directory, else the name query of that name, which
   asks for `id`. 0 or -ENOMEM. With the lock held. */
int list_request_queue(struct namespace *ns, struct node *node,
		       const char *name, const char *id);

#endif
