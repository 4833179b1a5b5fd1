#ifndef CAIFS_GATEWAY_TOKEN_H
#define CAIFS_GATEWAY_TOKEN_H

/*
 * The access token of all requests. One fetch serves all waiters. The token is
 * renewed before it expires, and replaced once even if many requests were
 * refused with it.
 *
 * Network thread, except where noted.
 */

#include <stdatomic.h>

#include "caifs/api_error.h"
#include "caifs/gateway.h"
#include "caifs/http.h"
#include "caifs/secret.h"

struct token_manager;

/* token_waiter.ready is called once for a queued waiter. `err` 0: call
   token_get() again, it does not wait now. Else there is no token: -EACCES
   (refused for good), -EIO, -ETIMEDOUT, -ENOMEM. */

/* `config` and `http` are borrowed and must outlive the manager. -ENOMEM,
   -EAGAIN. */
int token_manager_create(const struct gateway_config *config, struct http *http,
			 struct token_manager **ret_manager);
/* NULL: no effect. Returns NULL. */
struct token_manager *token_manager_destroy(struct token_manager *manager);

/* The token to use now; the caller calls secret_unref(). NULL and
   `waiter->waiting`: the waiter is queued. NULL otherwise: there is no token,
   and `*ret_err` is set as for `ready`. */
struct secret *token_get(struct token_manager *manager,
			 struct token_waiter *waiter, int *ret_err);

/* Takes `waiter` out of the queue. Not queued: no effect. */
void token_leave(struct token_manager *manager, struct token_waiter *waiter);

/* The platform refused `token` (borrowed). If it is the present token, it is
   not given out again. One that has no provider is withheld for 30 s, or until
   its file changes. */
void token_reject(struct token_manager *manager, const struct secret *token);

/* Refused again after renewal: if `token` is the present token, all requests
   fail with -EACCES for 30 s, without asking the provider. */
void token_give_up(struct token_manager *manager, const struct secret *token);

/* The last error of the token service; all zero: none since it last gave a
   token. Borrowed. */
const struct api_error *token_error(const struct token_manager *manager);

/* The present token has expired, by its own payload. False also: not known. */
bool token_has_ended(const struct token_manager *manager);

/* Makes the next token_get() read the token file even if it has not changed.
   Any thread. */
void token_reread(struct token_manager *manager);

/* Until the token expires, >= 0; -1: not known. Any thread. */
int64_t token_left_ms(const struct token_manager *manager);

/* Requests made to the provider. Any thread. */
unsigned long long token_requests(const struct token_manager *manager);

#endif
