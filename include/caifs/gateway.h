#ifndef CAIFS_GATEWAY_H
#define CAIFS_GATEWAY_H

/*
 * Requests to the platform's gateway: a GET with the four required headers,
 * retried while a retry may help and the deadline allows it. What a status
 * means is decided in this layer only (api_error.h). Requests that change
 * something on the platform are in gateway_write.h; a mount makes none.
 *
 * Call on the network thread only, except for the last section. Handlers run
 * on the network thread.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "caifs/api_error.h"
#include "caifs/buffer.h"
#include "caifs/http.h"
#include "caifs/secret.h"

struct gateway;
struct api_request;

/* Where tokens come from: the first, in this order, that is not NULL. */
struct gateway_identity {
	struct secret *access_token;  /* used as it is */
	const char *token_file;	      /* read again when it has changed */
	const char *token_command;    /* prints a token; run when needed */
	struct secret *client_secret; /* OAuth server-to-server */
};

/* Strings and secrets are borrowed and must outlive the gateway. */
struct gateway_config {
	const char *endpoint;	  /* base URL, no trailing slash */
	const char *ims_endpoint; /* base URL, no trailing slash */
	const char *ims_org;
	const char *api_key;
	const char *sandbox_name;
	const char *scopes; /* comma-separated */
	struct gateway_identity identity;

	int connections;	/* first limit of concurrent requests, >= 1 */
	bool endpoint_is_local; /* on this machine: for tests and demos */
	bool writes;		/* allow gateway_write.h; false in a mount */
};

/* The limit of concurrent requests grows up to this. */
enum { GATEWAY_CONNECTIONS = 32 };

/* A request that waits for a token. Private to the gateway. */
struct token_waiter {
	void (*ready)(struct token_waiter *waiter, int err);
	struct token_waiter *prev, *next;
	bool waiting;
};

struct api_request_handlers {
	/* Before each attempt; may set `range`. Optional. */
	void (*attempt)(struct api_request *request);
	/* A 2xx head. Non-zero fails the attempt with that error; it is
	   retried if `request->again` is set. Optional. */
	int (*head)(struct api_request *request, const struct http_head *head);
	/* A piece of a 2xx body. Non-zero: as for `head`. Optional: without
	   it, the body is collected in `request->body`. */
	int (*bytes)(struct api_request *request, const char *bytes,
		     size_t size);
	/* After a whole 2xx answer. Non-zero: as for `head`. Optional. */
	int (*complete)(struct api_request *request);
	/* Called once, last; may free the request. `err`: 0 or a negative
	   errno (api_error_errno(), or what a handler returned). */
	void (*done)(struct api_request *request, int err);
};

/* Embedded in the caller's structure. Zero it, then set the first group of
   members, before gateway_start(). It must stay in place until `done`. */
struct api_request {
	const char *path; /* with query, from '/'; borrowed until done */
	char range[64];	  /* "Range: bytes=..."; "": none */
	enum http_priority priority;
	int64_t timeout_ms; /* for all attempts together; starts anew while
			       `bytes` receives data */
	size_t body_limit;  /* ceiling of `body`, in bytes */
	const struct api_request_handlers *on;
	void *data; /* the caller's */

	/* Set by a handler. */
	const char *why; /* reason of the refusal, for people; NULL: none */
	bool again;	 /* retry after the refusal */
	bool progress;	 /* this attempt delivered data: resets the retry
			    counter */

	/* Results, valid in `done`. */
	struct buffer body;	/* the caller calls buffer_finish() */
	struct api_error error; /* of the last attempt */
	bool uncertain;		/* a failed write that may have been done */

	/* Private to the gateway. */
	struct gateway *gateway;
	struct http_exchange exchange; /* gateway_write.h sets method, body */
	struct http_timer pause, deadline;
	int64_t started_ms, deadline_ms; /* monotonic */
	struct token_waiter waiter;
	struct secret *token;
	struct buffer url, authorization;
	struct buffer redirect; /* target this attempt follows; "": none */
	const char *headers[8];
	int attempts, refusal;
	bool renewed, cancelled, late;
};

/* `http` is borrowed and must outlive the gateway; `config` is copied.
   -ENOMEM. */
int gateway_create(const struct gateway_config *config, struct http *http,
		   struct gateway **ret_gateway);
/* Call after http_stop(). NULL: no effect. Returns NULL. */
struct gateway *gateway_destroy(struct gateway *gateway);

/* Failures are reported through `done`, which may run before this returns. */
void gateway_start(struct gateway *gateway, struct api_request *request);

/* Calls `done` with -ECANCELED before it returns. Call only between
   gateway_start() and `done`, and not from a handler. */
void gateway_cancel(struct api_request *request);

/* Raises the priority of this attempt and the next ones to HTTP_DEMAND. */
void gateway_promote(struct api_request *request);

/* --- Any thread --- */

/* The last request that failed for good, for people: path, HTTP status, the
   platform's error code and message, and a hint. "": none has failed. */
void gateway_explain(struct gateway *gateway, char *text, size_t size);

/* Gets a token as a request would, then calls `done` once with 0 or a negative
   errno and a reason (borrowed for the call), on the network thread; without
   memory, in the caller with -ENOMEM. */
void gateway_ask_token(struct gateway *gateway,
		       void (*done)(void *data, int err, const char *why),
		       void *data);

/* Makes the next request read the token file even if it has not changed. */
void gateway_reread_token(struct gateway *gateway);

/* The present limit of concurrent requests, >= 1. */
int gateway_capacity(const struct gateway *gateway);

/* The platform's clock minus this machine's, from the Date header of its last
   answer. 0: not known. */
int64_t gateway_clock_offset_ms(const struct gateway *gateway);

/* Sums over attempts. */
struct gateway_waits {
	unsigned long long requests;
	unsigned long long queue_ms, connect_ms, first_byte_ms, body_ms;
};

/* Totals since the start, and the present state. */
struct gateway_counts {
	unsigned long long requests, bytes, token_requests, retries;
	unsigned long long throttled, failed;
	struct gateway_waits listings, ranges;
	int limit;	       /* of concurrent requests */
	bool down;	       /* unreachable: requests fail at once */
	int64_t token_left_ms; /* until the token expires; -1: not known */
};
struct gateway_counts gateway_count(struct gateway *gateway);

#endif
