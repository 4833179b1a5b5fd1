#ifndef CAIFS_GATEWAY_TOKEN_LIFE_H
#define CAIFS_GATEWAY_TOKEN_LIFE_H

#include <stdint.h>

/*
 * How long a token lives yet, by its own payload: the middle of three
 * base64url parts, JSON with `created_at` and `expires_in` in milliseconds, as
 * strings (contract 2.3). Negative when it has ended; -1 also when it does not
 * tell. It is a hint: the platform has the last word. Pure; any thread.
 */
int64_t token_life_ms(const char *token, int64_t wall_now_ms);

#endif
