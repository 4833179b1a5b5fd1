#ifndef CAIFS_TEST_ORIGIN_H
#define CAIFS_TEST_ORIGIN_H

/*
 * An HTTP server on the loopback with scripted answers: it sends them in order,
 * one a request, the last one to all further requests, and records the
 * requests. One connection at a time: a kept one is closed when another client
 * connects.
 */

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

enum { ORIGIN_REQUESTS = 64, ORIGIN_REQUEST_MAX = 8192 };

/* The answer to one request. */
struct origin_answer {
	const char *head; /* "429 Too Many\r\nRetry-After: 1"; NULL: closes
			     the connection instead of an answer */
	const char *body; /* NULL: none */
	bool reset;	  /* closes with a RST */
	bool keep;	  /* keeps the connection open */
};

struct origin {
	int listener, port;
	char endpoint[64]; /* "http://127.0.0.1:PORT" */
	const struct origin_answer *answers;
	size_t answer_count;
	pthread_t thread;

	/* Written by the thread: read after origin_stop() only. */
	char requests[ORIGIN_REQUESTS][ORIGIN_REQUEST_MAX]; /* head and body */
	size_t request_count;
};

/* Both are borrowed until origin_stop(), `count` is at least 1. Aborts if it
   cannot listen. */
void origin_start(struct origin *origin, const struct origin_answer *answers,
		  size_t count);
void origin_stop(struct origin *origin);

/* The number of requests that begin with `beginning`, as "POST /a". Call after
   origin_stop(). */
size_t origin_count(const struct origin *origin, const char *beginning);

#endif
