#ifndef CAIFS_HTTP_INTERNAL_H
#define CAIFS_HTTP_INTERNAL_H

/* What http.c (the thread), transfer.c (one curl handle) and timer.c share.
   All of it belongs to the network thread. */

#include "caifs/http.h"

#include <curl/curl.h>

/* transfer: one curl handle at work on one exchange; kept for the next one. */
struct http_transfer {
	CURL *easy;
	const struct http_config *config;
	struct curl_slist *headers;
	struct http_exchange *exchange; /* NULL: idle */
	bool head_given;
	int64_t progress_ms;   /* when `progress_mark` was reached */
	int64_t progress_mark; /* body bytes counted as progress */
	int64_t received;
	struct http_transfer *prev, *next;
};

int transfer_create(const struct http_config *config,
		    struct http_transfer **ret_transfer);
struct http_transfer *transfer_destroy(struct http_transfer *transfer);

/* Sets the handle up for `exchange`. */
enum http_fault transfer_prepare(struct http_transfer *transfer,
				 struct http_exchange *exchange);

/* After the handle has left the multi handle: fills in the answer, gives a
   head that no body came after, and lets go of the exchange. */
void transfer_complete(struct http_transfer *transfer, CURLcode result);

/* Has it made less progress than it must by `now_ms`? */
bool transfer_stalled(struct http_transfer *transfer, int idle_timeout_ms,
		      int64_t now_ms);

/* timer: sorted by due time. */
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
