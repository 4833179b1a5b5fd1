#ifndef CAIFS_GATEWAY_TOKEN_LIFE_H
#define CAIFS_GATEWAY_TOKEN_LIFE_H

#include <stdint.h>

/*
 * Milliseconds until a token expires, by its own payload: the middle of three
 * base64url parts, JSON with `created_at` and `expires_in` in milliseconds, as
 * strings (contract 2.3). Negative: it has expired; -1 also: not known. Only a
 * hint: the platform may refuse the token earlier. Pure; any thread.
 */
int64_t token_life_ms(const char *token, int64_t wall_now_ms);

#endif
