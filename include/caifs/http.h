#ifndef CAIFS_HTTP_H
#define CAIFS_HTTP_H

/*
 * HTTP transfers. One thread, "caifs-network", owns a curl multi handle and
 * does all of them. This layer knows bytes, headers and connections; its users
 * decide what a status means, whether to retry, and which token to send.
 *
 * Threads: call functions marked [net] on the network thread only. Callbacks
 * run on it, with no lock held. Other threads use http_post(), which never
 * fails and, until http_stop(), never waits.
 *
 * Limits: at most as many concurrent transfers as the limit says; the others
 * wait in two queues, demand before prefetch. No redirect is followed. TLS is
 * verified; plain http needs `allow_plain_http`.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "caifs/executor.h"

struct http;

struct http_config {
	int connections;	/* first limit of transfers, >= 1 */
	int max_connections;	/* connections to keep open */
	int connect_timeout_ms; /* for name, TCP and TLS */
	int idle_timeout_ms;	/* ends a transfer that makes less than 1 KiB of
				   progress in this time */
	bool allow_plain_http;	/* only for an endpoint on this machine */
	const char *cacert;	/* CA bundle; NULL: the system's */
	const char *proxy;	/* NULL: from curl's environment variables */
	const char *user_agent;
};

/* Starts the network thread. The strings are borrowed and must outlive `http`.
   -ENOMEM, -EAGAIN. */
int http_create(const struct http_config *config, struct http **ret_http);

/* Cancels all exchanges (each `done` runs with HTTP_CANCELLED), runs all timers
   now, and ends the network thread. After that there is none: http_post() runs
   its job in the calling thread before it returns, one job at a time;
   http_start() cancels at once; timers do not run. */
void http_stop(struct http *http);

/* Call after http_stop() and the last http_post(). NULL: no effect. Returns
   NULL. */
struct http *http_destroy(struct http *http);

/* Runs `job` on the network thread soon; jobs run in order. Any thread. Do not
   post a job again before it has started to run. */
void http_post(struct http *http, struct job *job);

/* --- One exchange: a request and its answer --- */

enum http_method { HTTP_GET, HTTP_POST, HTTP_DELETE };

enum http_priority { HTTP_DEMAND, HTTP_PREFETCH };

/* Why there is no whole answer. */
enum http_fault {
	HTTP_OK, /* a whole answer, of any status */
	HTTP_CANCELLED,
	HTTP_REFUSED_BY_HANDLER, /* `head` or `body` returned non-zero */
	HTTP_NO_NAME,		 /* DNS */
	HTTP_NO_CONNECTION,
	HTTP_TIMEOUT, /* connect or idle */
	HTTP_TLS,
	HTTP_BROKEN, /* reset, cut short, not HTTP, not a URL */
	HTTP_NO_MEMORY,
};

/* A word for the log: "dns", "refused", ... */
const char *http_fault_word(enum http_fault fault);

/* The response head. A header that is absent or too long for its array is
   "". */
struct http_head {
	long status;		/* 0: no answer */
	int64_t content_length; /* -1: not known */
	char content_type[64];
	char content_encoding[32];
	char content_range[80];
	char etag[128];
	char retry_after[40];
	char location[2048];
	char date[40];
};

/* Where the time of an exchange went. */
struct http_times {
	int64_t queue_ms;      /* in the queue */
	int64_t connect_ms;    /* name, TCP and TLS; 0: connection reused */
	int64_t first_byte_ms; /* from the request to the first byte */
	int64_t body_ms;
};

struct http_exchange;

struct http_handlers {
	/* The final head, once, before any body. Non-zero ends the transfer.
	   Optional. */
	int (*head)(struct http_exchange *exchange);
	/* A piece of the body. Non-zero ends the transfer. */
	int (*body)(struct http_exchange *exchange, const char *bytes,
		    size_t size);
	/* The last callback; may start the exchange again or free it. `fault`
	   and `head` are set. */
	void (*done)(struct http_exchange *exchange);
};

/* Embedded in the caller's structure; zero it before first use. */
struct http_exchange {
	/* The request, borrowed and unchanged from http_start() to `done`;
	   http_promote() changes `priority`. */
	enum http_method method;
	enum http_priority priority;
	const char *url;
	/* "Name: value", NULL-terminated; NULL: none. */
	const char *const *headers;
	const char *body; /* of a POST */
	size_t body_size;
	bool once;	  /* never send it twice. Needs a new connection: on a
			     reused one libcurl repeats a request that the peer
			     may have read before it closed */
	bool compressed;  /* accept gzip; `body` gets the decoded bytes */
	bool public_only; /* connect to public addresses only, without proxy */
	const struct http_handlers *on;

	/* The answer. */
	enum http_fault fault;
	bool sent; /* part of the request may have reached the server */
	struct http_head head;
	struct http_times times; /* in `head`: so far; in `done`: complete */

	/* Private to http; users may read them. */
	struct http *http;
	struct http_exchange *prev, *next;
	struct http_transfer *transfer; /* NULL: in the queue */
	int64_t asked_ms, begun_ms;	/* queued, sent; monotonic */
	bool active;			/* between http_start() and `done` */
};

/* [net] The exchange must not be active. After http_stop(), `done` runs before
   this returns. */
void http_start(struct http *http, struct http_exchange *exchange);

/* [net] Raises the priority to HTTP_DEMAND. */
void http_promote(struct http_exchange *exchange);

/* [net] Sets the limit of concurrent transfers. Running ones go on. */
void http_set_limit(struct http *http, int limit);

/* [net] Starts no transfer before `until_ms` (monotonic). */
void http_pause(struct http *http, int64_t until_ms);

/* [net] Calls `done` with HTTP_CANCELLED before it returns. Not active: no
   effect. Do not call it from a `head` or `body` callback of any exchange,
   which libcurl forbids: post a job. */
void http_cancel(struct http_exchange *exchange);

/* --- Timers --- */

/* Embedded in the caller's structure; zero it, then set `run`. */
struct http_timer {
	void (*run)(struct http_timer *timer);
	int64_t due_ms; /* monotonic */
	struct http_timer *prev, *next;
	bool armed;
};

/* [net] Runs `timer->run` once, after `delay_ms`. Armed before: moves it. */
void http_timer_arm(struct http *http, struct http_timer *timer,
		    int64_t delay_ms);
/* [net] Not armed: no effect. */
void http_timer_disarm(struct http *http, struct http_timer *timer);

#endif
