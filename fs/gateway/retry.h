#ifndef CAIFS_GATEWAY_RETRY_H
#define CAIFS_GATEWAY_RETRY_H

/* When to ask again. Pure but for retry_random(); any thread. */

#include <stdint.h>

/* Attempts at one request that brings nothing. */
enum { RETRY_ATTEMPTS = 4 };

/* The longest wait that a server may ask for. */
enum { RETRY_AFTER_MAX_MS = 60000 };

/* The pause after failed attempt `attempt` (from 1): full jitter under a
   ceiling that doubles from 200 ms to 5 s. `random` is any number. */
int64_t retry_delay_ms(int attempt, uint32_t random);

/* A number for that; no secret depends on it. */
uint32_t retry_random(void);

/* Retry-After, in seconds or as an HTTP date: 0 .. 60 s, or -1 for none that
   can be understood. */
int64_t retry_after_ms(const char *header, int64_t wall_now_ms);

#endif
