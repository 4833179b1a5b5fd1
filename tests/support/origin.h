#ifndef CAIFS_TEST_ORIGIN_H
#define CAIFS_TEST_ORIGIN_H

/*
 * An HTTP server on the loopback with answers that are written down before: it
 * gives them in their order, one a request, and keeps what was asked. The last
 * answer is given again to whoever asks more. One connection at a time: a kept
 * one ends when another is made.
 */

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

enum { ORIGIN_REQUESTS = 64, ORIGIN_REQUEST_MAX = 8192 };

/* What happens to a request once it was read. */
struct origin_answer {
	const char *head; /* "429 Too Many\r\nRetry-After: 1"; NULL: it is cut
			     off without a word */
	const char *body; /* NULL: none */
	bool reset;	  /* the cut is a RST */
	bool keep;	  /* keeps the connection */
};

struct origin {
	int listener, port;
	char endpoint[64]; /* "http://127.0.0.1:PORT" */
	const struct origin_answer *answers;
	size_t answer_count;
	pthread_t thread;

	/* The thread's own until origin_stop(). */
	char requests[ORIGIN_REQUESTS][ORIGIN_REQUEST_MAX]; /* head and body */
	size_t request_count;
};

/* Both borrowed until origin_stop(). */
void origin_start(struct origin *origin, const struct origin_answer *answers,
		  size_t count);
void origin_stop(struct origin *origin);

/* How many requests began with this, as "POST /a". After origin_stop(). */
size_t origin_count(const struct origin *origin, const char *beginning);

#endif
