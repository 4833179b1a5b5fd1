#ifndef CAIFS_GATEWAY_H
#define CAIFS_GATEWAY_H

/*
 * The platform's gateway: a GET with the four headers that it wants, asked
 * again while that may help and time is left. What a status means is decided
 * here and nowhere else (api_error.h). What changes something there goes by
 * gateway_write.h, which a mount does not use.
 *
 * Network thread throughout, handlers too, but for the last section.
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

/* Where tokens come from; the first that is set is used, in this order. */
struct gateway_identity {
	struct secret *access_token;  /* ready-made */
	const char *token_file;	      /* read again whenever it changes */
	const char *token_command;    /* prints one, run when one is needed */
	struct secret *client_secret; /* OAuth server-to-server */
};

/* All strings are borrowed and outlive the gateway. */
struct gateway_config {
	const char *endpoint;	  /* base URL, no trailing slash */
	const char *ims_endpoint; /* base URL, no trailing slash */
	const char *ims_org;
	const char *api_key;
	const char *sandbox_name;
	const char *scopes; /* comma-separated */
	struct gateway_identity identity;

	int connections;	/* requests at once, to begin with */
	bool endpoint_is_local; /* on this machine: for tests and demos */
	bool writes;		/* gateway_write.h may change something there:
				   never so in a mount */
};

/* Requests at once while all goes well, at the most. */
enum { GATEWAY_CONNECTIONS = 32 };

/* One that waits for a token: the gateway's own. */
struct token_waiter {
	void (*ready)(struct token_waiter *waiter, int err);
	struct token_waiter *prev, *next;
	bool waiting;
};

struct api_request_handlers {
	/* Before each attempt: where `range` may be set anew. Optional. */
	void (*attempt)(struct api_request *request);
	/* A 2xx head. Non-zero refuses the answer: the attempt has failed
	   with that error, and is made again when `request->again`. Optional.
	 */
	int (*head)(struct api_request *request, const struct http_head *head);
	/* A run of a 2xx body, refused likewise. Optional: without it, the
	   body is collected in `request->body`. */
	int (*bytes)(struct api_request *request, const char *bytes,
		     size_t size);
	/* Before a whole 2xx answer counts; refused likewise. Optional. */
	int (*complete)(struct api_request *request);
	/* Last. `err` is 0 or what the caller is to be told. */
	void (*done)(struct api_request *request, int err);
};

/* Zeroed, then set, before gateway_start(); a member of whatever waits. */
struct api_request {
	const char *path; /* with query; from '/', borrowed until done */
	char range[64];	  /* "Range: bytes=..."; "" for none */
	enum http_priority priority;
	int64_t timeout_ms; /* for all attempts together */
	size_t body_limit;
	const struct api_request_handlers *on;
	void *data;

	const char *why; /* set by a handler that refuses: for people */
	bool again;	 /* set by a handler that refuses: worth another try */
	bool progress;	 /* set by a handler: this attempt was not in vain */
	struct buffer body;
	struct api_error error; /* of the last attempt */
	bool uncertain;		/* a write has failed, but may have been done */

	/* The gateway's own. */
	struct gateway *gateway;
	struct http_exchange exchange; /* its method and body: of a write */
	struct http_timer pause, deadline;
	int64_t started_ms, deadline_ms;
	struct token_waiter waiter;
	struct secret *token;
	struct buffer url, authorization;
	struct buffer redirect; /* where this attempt was sent on to, or "" */
	const char *headers[8];
	int attempts, refusal;
	bool renewed, cancelled, late;
};

/* `http` is borrowed and outlives it; `config` is copied. -ENOMEM. */
int gateway_create(const struct gateway_config *config, struct http *http,
		   struct gateway **ret_gateway);
/* After http_stop(); NULL is allowed; returns NULL. */
struct gateway *gateway_destroy(struct gateway *gateway);

void gateway_start(struct gateway *gateway, struct api_request *request);

/* `done` follows, with -ECANCELED, before this returns. Only between
   gateway_start() and done, and from no handler. */
void gateway_cancel(struct api_request *request);

/* Somebody waits for it now: this attempt and the next go before prefetches.
 */
void gateway_promote(struct api_request *request);

/* --- Any thread --- */

/* The last call that failed for good, in a sentence: what, the HTTP status,
   the platform's own code and words, and how to fix it. "" when none did. */
void gateway_explain(struct gateway *gateway, char *text, size_t size);

/* Gets a token, as a request would, and tells how that went, in words too; on
   the network thread. */
void gateway_ask_token(struct gateway *gateway,
		       void (*told)(void *data, int err, const char *why),
		       void *data);

/* Reads the token file again at the next request. */
void gateway_reread_token(struct gateway *gateway);

/* How many requests there may be at once, now. */
int gateway_capacity(const struct gateway *gateway);

/* The platform's clock less this machine's, by its last answer; 0: it has not
   told. */
int64_t gateway_clock_offset_ms(const struct gateway *gateway);

/* Where the time of requests went, all together. */
struct gateway_waits {
	unsigned long long requests;
	unsigned long long queue_ms, connect_ms, first_byte_ms, body_ms;
};

/* Since the start, and how it is now. */
struct gateway_counts {
	unsigned long long requests, bytes, token_requests, retries;
	unsigned long long throttled, failed;
	struct gateway_waits listings, ranges;
	int limit;	       /* requests at once, now */
	bool down;	       /* it cannot be reached */
	int64_t token_left_ms; /* -1: not known */
};
struct gateway_counts gateway_count(struct gateway *gateway);

#endif
