#ifndef CAIFS_PLATFORM_LISTING_H
#define CAIFS_PLATFORM_LISTING_H

/*
 * A listing of the source: JSON requests, one after the other, each made from
 * the answer before it. A list protocol (catalog.c, access.c) makes the
 * requests and reads the answers; threads, ceilings and errors are handled
 * here.
 *
 * A protocol's functions run on the executor (`first` on the caller's thread),
 * one at a time. They must not wait.
 */

#include "caifs/executor.h"
#include "caifs/gateway.h"
#include "caifs/json.h"
#include "caifs/platform.h"
#include "caifs/source.h"
#include "call.h"

struct listing;

/* What a protocol's function returns, or a negative errno. LISTING_MORE:
   `listing->path` is to be requested. */
enum listing_step { LISTING_DONE, LISTING_MORE };

struct list_protocol {
	/* Writes the first path into `listing->path`. Not LISTING_DONE: that
	   request is always made. */
	int (*first)(struct listing *listing);
	/* Reads an answer, passes its records to listing_give(), and writes
	   the next path if there is one. `root` is borrowed for the call. NULL
	   with `err`: -ENOENT no such object, -EACCES refused, -EINVAL the
	   request was not understood (400 without a code), -ENODATA an empty
	   body (only with `may_be_empty`). Of the errors returned, -EINVAL,
	   -EBADMSG and -EMSGSIZE (over a ceiling) become -EIO. */
	int (*answer)(struct listing *listing, const cJSON *root, int err);
	/* Frees `listing->state`. Called only if that is not NULL. */
	void (*destroy)(struct listing *listing);
};

enum { LISTING_MAX_REQUESTS = 20000, LISTING_PAGE_MAX = 10000 };

struct listing {
	/* For the protocol. */
	const struct platform_config *config;
	struct source_query query; /* strings owned, never NULL */
	struct buffer path;
	void *state;	   /* the protocol's */
	bool may_be_empty; /* the next answer may have no body: -ENODATA */

	/* Private to listing.c. */
	struct source_call call;
	struct gateway *gateway;
	struct executor *decoder;
	struct source_listing sink;
	const struct list_protocol *protocol;
	struct api_request request;
	struct job decode, next;
	int request_err, requests;
	bool active;   /* a request is under way; network thread */
	bool unparsed; /* the last answer was not JSON; executor */
	struct source_record *records; /* of this page */
	char **strings;		       /* of this page */
	size_t record_count, record_room, string_count, string_room;
};

/* As source_list(). `query` and `sink` are copied; the rest is borrowed and
   must outlive the call. */
int listing_start(struct gateway *gateway, struct http *http,
		  struct executor *decoder,
		  const struct platform_config *config,
		  const struct list_protocol *protocol,
		  const struct source_query *query,
		  const struct source_listing *sink,
		  struct source_call **ret_call);

/* Appends a record to the page. Its strings must live until listing_give() or
   the end of `answer`. -ENOMEM, -EMSGSIZE. */
int listing_add(struct listing *listing, const struct source_record *record);

/* Takes the bytes out of `text` and owns them until listing_give() or the end
   of `answer`. NULL: no memory; `text` is unchanged. */
const char *listing_keep(struct listing *listing, struct buffer *text);

/* Passes the page's records to the caller's `page`, and forgets them. Returns
   what `page` returned, or 0. */
int listing_give(struct listing *listing);

/* Tells the caller to forget all pages so far. */
void listing_restart(struct listing *listing);

#endif
