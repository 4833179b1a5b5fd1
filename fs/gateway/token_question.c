/* Getting a token without a request: see gateway_ask_token(). */

#include "gateway_internal.h"

#include "caifs/container.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

struct token_question {
	struct job begin;
	struct token_waiter waiter;
	struct gateway *gateway;
	void (*done)(void *data, int err, const char *why);
	void *data;
};

static void answer_question(struct token_question *q, int err)
{
	struct token_manager *tokens = q->gateway->tokens;
	char why[320] = "a token is available";

	if (err)
		api_error_explain(token_error(tokens), why, sizeof(why));
	else if (token_has_ended(tokens))
		snprintf(why, sizeof(why),
			 "the access token has ended: get a new one");
	q->done(q->data,
		err			  ? err
		: token_has_ended(tokens) ? -EACCES
					  : 0,
		why);
	free(q);
}

static void token_is_ready(struct token_waiter *waiter, int err)
{
	answer_question(container_of(waiter, struct token_question, waiter),
			err);
}

static void ask_token(struct job *job)
{
	struct token_question *q =
		container_of(job, struct token_question, begin);
	int err = -EACCES;
	struct secret *token = token_get(q->gateway->tokens, &q->waiter, &err);

	if (token)
		err = 0;
	secret_unref(token);
	if (!q->waiter.waiting)
		answer_question(q, err);
}

void gateway_ask_token(struct gateway *gateway,
		       void (*done)(void *data, int err, const char *why),
		       void *data)
{
	struct token_question *q = calloc(1, sizeof(*q));

	if (!q) {
		done(data, -ENOMEM, "out of memory");
		return;
	}
	q->begin.run = ask_token;
	q->waiter.ready = token_is_ready;
	q->gateway = gateway;
	q->done = done;
	q->data = data;
	http_post(gateway->http, &q->begin);
}
