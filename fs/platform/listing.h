#ifndef CAIFS_PLATFORM_LISTING_H
#define CAIFS_PLATFORM_LISTING_H

/*
 * A listing of the source: one JSON request after another, each made from the
 * answer before it. What to ask and what the answers mean is a plan's
 * (catalog.c, access.c); the going on, the decoding thread and the ceilings
 * are here.
 *
 * The plan runs on the executor (its `first` on the caller's thread); it never
 * waits and never sees a thread.
 */

#include "caifs/executor.h"
#include "caifs/gateway.h"
#include "caifs/json.h"
#include "caifs/platform.h"
#include "caifs/source.h"
#include "call.h"

struct listing;

/* What a plan's step comes to; or a negative errno. */
enum listing_step { LISTING_DONE, LISTING_MORE };

struct list_protocol {
	/* Writes the first path into `listing->path`. */
	int (*first)(struct listing *listing);
	/* Reads an answer, gives its records to listing_give(), and writes
	   the next path where there is one. `root` is NULL, and `err` says
	   why, when the platform has no such object (-ENOENT), refuses it
	   (-EACCES) or makes nothing of the question (-EINVAL); or it is
	   empty where it may be (-ENODATA). -EINVAL,
	   -EBADMSG and -EMSGSIZE (over a ceiling) become -EIO. */
	int (*answer)(struct listing *listing, const cJSON *root, int err);
	void (*destroy)(struct listing *listing);
};

enum { LISTING_MAX_REQUESTS = 20000, LISTING_PAGE_MAX = 10000 };

struct listing {
	/* For the plan. */
	const struct platform_config *config;
	struct source_query query; /* strings owned */
	struct buffer path;
	void *state;
	bool may_be_empty; /* an answer without a body is one: -ENODATA */

	/* The machinery's. */
	struct source_call call;
	struct gateway *gateway;
	struct executor *decoder;
	struct source_listing sink;
	const struct list_protocol *protocol;
	struct api_request request;
	struct job decode, next;
	int request_err, requests;
	bool active, garbled; /* network thread; executor */
	struct source_record *records;
	char **kept;
	size_t record_count, record_room, kept_count, kept_room;
};

int listing_start(struct gateway *gateway, struct http *http,
		  struct executor *decoder,
		  const struct platform_config *config,
		  const struct list_protocol *protocol,
		  const struct source_query *query,
		  const struct source_listing *sink,
		  struct source_call **ret_call);

/* One more record for the page under way, its strings alive until the answer
   has been read. -ENOMEM, -EMSGSIZE. */
int listing_add(struct listing *listing, const struct source_record *record);

/* Takes the text out of `text` and keeps it as long. NULL: -ENOMEM. */
const char *listing_keep(struct listing *listing, struct buffer *text);

/* Gives the page's records to whoever asked. */
int listing_give(struct listing *listing);

/* Everything given so far is void. */
void listing_restart(struct listing *listing);

#endif
