#ifndef CAIFS_GATEWAY_MINT_H
#define CAIFS_GATEWAY_MINT_H

/*
 * A place that makes access tokens when asked: the token service (OAuth
 * server-to-server), or a command of the user's. It is asked for one at a time
 * and answers once for each time; when to ask is the manager's business
 * (token.h).
 *
 * Network thread.
 */

#include "caifs/gateway.h"
#include "caifs/http.h"
#include "caifs/problem.h"
#include "caifs/secret.h"

struct mint_answer {
	struct secret *token; /* the receiver's; NULL: none, see below */
	int64_t life_ms;      /* -1: not known */
	int err;	      /* -EACCES: refused, and will be again */
	struct problem problem;
};

struct mint {
	const struct mint_operations *operations;
	void (*answered)(void *data, const struct mint_answer *answer);
	void *data;
	_Atomic unsigned long long requests; /* made so far; any thread */
};

struct mint_operations {
	void (*ask)(struct mint *mint);
	struct mint *(*destroy)(struct mint *mint);
};

/* Contract 2.1. -ENOMEM. */
int mint_oauth_create(const struct gateway_config *config, struct http *http,
		      struct mint **ret_mint);

/* Runs identity.token_command, on a thread of its own. -ENOMEM, -EAGAIN. */
int mint_command_create(const struct gateway_config *config, struct http *http,
			struct mint **ret_mint);

/* What can stand in a header, kept as a secret; NULL for anything else, or
   when memory is short. Blanks at the end are not counted. */
struct secret *mint_keep_token(const char *text, size_t size);

#endif
