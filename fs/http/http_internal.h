#ifndef CAIFS_HTTP_INTERNAL_H
#define CAIFS_HTTP_INTERNAL_H

/* Shared by http.c (the thread), transfer.c (one curl handle) and timer.c.
   Network thread only. */

#include "caifs/http.h"

#include <curl/curl.h>

/* A curl handle; carries one exchange at a time. */
struct http_transfer {
	CURL *easy;
	const struct http_config *config;
	struct curl_slist *headers;
	struct http_exchange *exchange; /* NULL: idle */
	bool head_given;
	int64_t progress_ms;   /* when `progress_mark` was set; monotonic */
	int64_t progress_mark; /* value of `received` at that time */
	int64_t received;      /* body bytes */
	struct http_transfer *prev, *next;
};

/* `config` is borrowed and must outlive the transfer. -ENOMEM. */
int transfer_create(const struct http_config *config,
		    struct http_transfer **ret_transfer);
/* NULL: no effect. Returns NULL. */
struct http_transfer *transfer_destroy(struct http_transfer *transfer);

/* Sets the handle up for `exchange`. HTTP_OK, HTTP_NO_MEMORY, or HTTP_BROKEN
   (not a URL). */
enum http_fault transfer_prepare(struct http_transfer *transfer,
				 struct http_exchange *exchange);

/* Call after the handle was removed from the multi handle. Sets the exchange's
   answer, calls its `head` if there was no body, and detaches the exchange.
   Does not call `done`. */
void transfer_complete(struct http_transfer *transfer, CURLcode result);

/* Whether it made too little progress in the last `idle_timeout_ms`. */
bool transfer_stalled(struct http_transfer *transfer, int idle_timeout_ms,
		      int64_t now_ms);

/* Sorted by due time. */
struct timer_list {
	struct http_timer *first;
};
/* As http_timer_arm() and http_timer_disarm() (http.h). */
void timer_list_arm(struct timer_list *list, struct http_timer *timer,
		    int64_t delay_ms);
void timer_list_disarm(struct timer_list *list, struct http_timer *timer);
void timer_list_run(struct timer_list *list, int64_t now_ms);
/* Milliseconds until the next is due, at most `max_ms`. */
int64_t timer_list_wait(const struct timer_list *list, int64_t now_ms,
			int64_t max_ms);

#endif
