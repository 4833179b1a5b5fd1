#ifndef CAIFS_NAMESPACE_INTERNAL_H
#define CAIFS_NAMESPACE_INTERNAL_H

/* What the namespace's files share. */

#include <pthread.h>

#include "assigned_names.h"
#include "caifs/namespace.h"
#include "node.h"

struct list_request;

struct namespace
{
	struct namespace_config config;
	pthread_mutex_t lock; /* guards the rest */
	struct node_table nodes;
	struct node *root;
	struct assigned_names *assigned_names;
	struct list_request *queued; /* started when the lock is released */
};

enum {
	/* After a failed list request none is made for this long. */
	NAMESPACE_FAILURE_MS = 5000,
	/* What is immutable may be cached this long. */
	NAMESPACE_FOREVER_MS = 24 * 3600 * 1000,
};

/* Takes the lock (list_request.c). */
void namespace_enter(struct namespace *ns);
/* Releases it, then drops what was detached and starts the list requests queued
   under it. */
void namespace_leave(struct namespace *ns);

void namespace_drop_attachments(struct namespace_attachment *list);

#endif
