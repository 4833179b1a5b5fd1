#ifndef CAIFS_HTTP_H
#define CAIFS_HTTP_H

/*
 * HTTP for the whole mount: one thread that owns a curl multi handle and does
 * every transfer. It knows bytes, headers and connections; what a status
 * means, whether to ask again, and which token to send is its users' business.
 *
 * Thread: everything marked [net] is called on the network thread only, and
 * every callback runs there, with no lock held. Any other thread reaches it
 * with http_post(), which never fails and never waits.
 *
 * Limits: at most so many transfers at once as was last said (more wait in two
 * queues, demand before prefetch); no redirect is ever followed; TLS is
 * verified; plain http only where the configuration says so.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "caifs/executor.h"

struct http;

struct http_config {
	int connections;	/* transfers at once to begin with, >= 1 */
	int max_connections;	/* http_set_limit() up to this */
	int connect_timeout_ms; /* name, TCP and TLS */
	int idle_timeout_ms;	/* less than 1 KiB of progress in this time */
	bool allow_plain_http;	/* only for an endpoint on this machine */
	const char *cacert;	/* CA bundle, NULL: the system's; borrowed */
	const char *proxy; /* NULL: curl's environment variables; borrowed */
	const char *user_agent; /* borrowed */
};

/* Starts the network thread. The strings must outlive it. */
int http_create(const struct http_config *config, struct http **ret_http);

/* Aborts all that is under way (each `done` is called with HTTP_CANCELLED) and
   ends the thread. From then on what is posted runs at once, on the poster's
   thread, and what is started is cancelled at once: so that whoever still
   works on an answer can finish. One poster at a time then. */
void http_stop(struct http *http);

/* After http_stop() and after the last poster; NULL is allowed; returns NULL.
 */
struct http *http_destroy(struct http *http);

/* Runs `job` on the network thread soon. Any thread. */
void http_post(struct http *http, struct job *job);

/* --- One exchange: a request and its answer --- */

enum http_method { HTTP_GET, HTTP_POST, HTTP_DELETE };

enum http_priority { HTTP_DEMAND, HTTP_PREFETCH };

/* Why a transfer brought no whole answer. */
enum http_fault {
	HTTP_OK, /* whole answer, whatever its status */
	HTTP_CANCELLED,
	HTTP_REFUSED_BY_HANDLER, /* a callback returned an error */
	HTTP_NO_NAME,		 /* DNS */
	HTTP_NO_CONNECTION,
	HTTP_TIMEOUT, /* connect or idle */
	HTTP_TLS,
	HTTP_BROKEN, /* reset, cut short, not HTTP */
	HTTP_NO_MEMORY,
};

/* A word for the log: "dns", "refused", ... */
const char *http_fault_word(enum http_fault fault);

/* What a caller needs of the response head. Text that is absent or longer
   than its place is "". */
struct http_head {
	long status;
	int64_t content_length; /* -1: not said */
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
	int64_t queue_ms;   /* waiting for its turn */
	int64_t connect_ms; /* name, TCP and TLS; 0: over a kept connection */
	int64_t first_byte_ms; /* from the request to the first byte */
	int64_t body_ms;
};

struct http_exchange;

struct http_handlers {
	/* The final head, once, before any body. Non-zero aborts. */
	int (*head)(struct http_exchange *exchange);
	/* A run of the body. Non-zero aborts. */
	int (*body)(struct http_exchange *exchange, const char *bytes,
		    size_t size);
	/* The last call for this exchange, which may be started again or
	   freed in it. `fault` and `head` are set. */
	void (*done)(struct http_exchange *exchange);
};

/* A member of whatever waits for it; zeroed before first use. */
struct http_exchange {
	/* The request: set by the user, unchanged from start to done. */
	enum http_method method;
	enum http_priority priority;
	const char *url;
	const char *const *headers; /* "Name: value", NULL-terminated */
	const char *body;	    /* POST */
	size_t body_size;
	bool once;	  /* never sent twice: not over a kept connection, where
			     libcurl sends again what the other end may have
			     read before it closed */
	bool compressed;  /* accept gzip, and hand out what it holds */
	bool public_only; /* connect to public addresses only, by no proxy */
	const struct http_handlers *on;

	/* The answer. */
	enum http_fault fault;
	bool sent; /* there was a connection: some of it may have arrived */
	struct http_head head;
	struct http_times times; /* set for `head` as far as it has come, and
				    for `done` */

	/* http's own. */
	struct http *http;
	struct http_exchange *prev, *next;
	struct http_transfer *transfer; /* NULL: waiting for its turn */
	int64_t asked_ms, begun_ms;	/* monotonic */
	bool active;
};

/* [net] */
void http_start(struct http *http, struct http_exchange *exchange);

/* [net] Somebody waits for it now. */
void http_promote(struct http_exchange *exchange);

/* [net] How many transfers there may be at once from now on; those under way
   go on. */
void http_set_limit(struct http *http, int limit);

/* [net] Begins no transfer before `until_ms` (monotonic). */
void http_pause(struct http *http, int64_t until_ms);

/* [net] Ends it with HTTP_CANCELLED through `done`, before returning.
   Nothing happens when it is not under way. Not from within a `head` or `body`
   callback, of any exchange: libcurl forbids that; post a job. */
void http_cancel(struct http_exchange *exchange);

/* --- Timers --- */

struct http_timer {
	void (*run)(struct http_timer *timer);
	int64_t due_ms;
	struct http_timer *prev, *next;
	bool armed;
};

/* [net] Runs `timer->run` after `delay_ms`, once; arming again moves it. */
void http_timer_arm(struct http *http, struct http_timer *timer,
		    int64_t delay_ms);
void http_timer_disarm(struct http *http, struct http_timer *timer);

#endif
