#ifndef CAIFS_GATEWAY_TOKEN_H
#define CAIFS_GATEWAY_TOKEN_H

/*
 * The access token, for everybody: fetched once however many ask, renewed
 * ahead of its end, replaced once however many were refused with it.
 *
 * All of it on the network thread, but token_reread() and the counter.
 */

#include <stdatomic.h>

#include "caifs/api_error.h"
#include "caifs/gateway.h"
#include "caifs/http.h"
#include "caifs/secret.h"

struct token_manager;

/* Someone who needs a token and has to wait for it is a struct token_waiter.
   `ready` with `err` 0: ask token_get() again, it answers now. Else there is no
   token to be had: -EACCES refused for good, -EIO, -ETIMEDOUT. */

int token_manager_create(const struct gateway_config *config, struct http *http,
			 struct token_manager **ret_manager);
struct token_manager *token_manager_destroy(struct token_manager *manager);

/* A token to use now, shared: the caller unrefs it. NULL: `waiter` was queued
   and will be told, or, when `*ret_err` is set, there is none to be had. */
struct secret *token_get(struct token_manager *manager,
			 struct token_waiter *waiter, int *ret_err);
void token_leave(struct token_manager *manager, struct token_waiter *waiter);

/* The platform refused `token`. When it is still the one in use it is not
   given out again. Borrowed. */
void token_reject(struct token_manager *manager, const struct secret *token);

/* It was refused again, after it had been renewed: the credential rests. */
void token_give_up(struct token_manager *manager, const struct secret *token);

/* What the token service said last; all zero when it never failed. */
const struct api_error *token_error(const struct token_manager *manager);

/* By its own payload, the token in use is past its end. */
bool token_has_ended(const struct token_manager *manager);

/* Reads the token file again at the next token_get(). Any thread. */
void token_reread(struct token_manager *manager);

/* Until the token ends; -1: not known. Any thread. */
int64_t token_left_ms(const struct token_manager *manager);

/* Requests made to the token service. Any thread. */
unsigned long long token_requests(const struct token_manager *manager);

#endif
