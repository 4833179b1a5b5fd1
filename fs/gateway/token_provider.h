#ifndef CAIFS_GATEWAY_TOKEN_PROVIDER_H
#define CAIFS_GATEWAY_TOKEN_PROVIDER_H

/*
 * Makes access tokens on request: the token service (OAuth server-to-server),
 * or a command of the user's. token.h decides when to ask.
 *
 * Network thread, callbacks too.
 */

#include "caifs/api_error.h"
#include "caifs/gateway.h"
#include "caifs/http.h"
#include "caifs/secret.h"

struct token_answer {
	struct secret *token;	/* owned by the receiver; NULL: see `err` */
	int64_t life_ms;	/* until it expires; -1: not known */
	int err;		/* without a token, < 0; -EACCES: for good */
	struct api_error error; /* of the token service; all zero: none */
};

struct token_provider {
	const struct token_provider_operations *operations;
	void (*answered)(void *data, const struct token_answer *answer);
	void *data;
	_Atomic unsigned long long requests; /* so far; any thread */
};

struct token_provider_operations {
	/* Calls `answered` once, perhaps before it returns. Do not call it
	   again before that. */
	void (*ask)(struct token_provider *provider);
	/* Returns NULL. */
	struct token_provider *(*destroy)(struct token_provider *provider);
};

/* Contract 2.1. -ENOMEM. */
int token_provider_oauth_create(const struct gateway_config *config,
				struct http *http,
				struct token_provider **ret_provider);

/* Runs identity.token_command on the thread "caifs-token". -ENOMEM, -EAGAIN. */
int token_provider_command_create(const struct gateway_config *config,
				  struct http *http,
				  struct token_provider **ret_provider);

/* Copies a token, without blanks at its end. NULL: empty, a blank or control
   character in it, or no memory. */
struct secret *token_provider_keep(const char *text, size_t size);

#endif
