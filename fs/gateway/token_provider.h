#ifndef CAIFS_GATEWAY_TOKEN_PROVIDER_H
#define CAIFS_GATEWAY_TOKEN_PROVIDER_H

/*
 * A place that makes access tokens when asked: the token service (OAuth
 * server-to-server), or a command of the user's. It is asked for one at a time
 * and answers once for each time; when to ask is the manager's business
 * (token.h).
 *
 * Network thread.
 */

#include "caifs/api_error.h"
#include "caifs/gateway.h"
#include "caifs/http.h"
#include "caifs/secret.h"

struct token_answer {
	struct secret *token; /* the receiver's; NULL: none, see below */
	int64_t life_ms;      /* -1: not known */
	int err;	      /* -EACCES: refused, and will be again */
	struct api_error error;
};

struct token_provider {
	const struct token_provider_operations *operations;
	void (*answered)(void *data, const struct token_answer *answer);
	void *data;
	_Atomic unsigned long long requests; /* made so far; any thread */
};

struct token_provider_operations {
	void (*ask)(struct token_provider *provider);
	struct token_provider *(*destroy)(struct token_provider *provider);
};

/* Contract 2.1. -ENOMEM. */
int token_provider_oauth_create(const struct gateway_config *config,
				struct http *http,
				struct token_provider **ret_provider);

/* Runs identity.token_command, on a thread of its own. -ENOMEM, -EAGAIN. */
int token_provider_command_create(const struct gateway_config *config,
				  struct http *http,
				  struct token_provider **ret_provider);

/* What can stand in a header, kept as a secret; NULL for anything else, or
   when memory is short. Blanks at the end are not counted. */
struct secret *token_provider_keep(const char *text, size_t size);

#endif
