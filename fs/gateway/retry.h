#ifndef CAIFS_GATEWAY_RETRY_H
#define CAIFS_GATEWAY_RETRY_H

/* When to retry. Pure, except for retry_random(); any thread. */

#include <stdint.h>

/* Attempts of one request in a row that deliver no data. */
enum { RETRY_ATTEMPTS = 4 };

/* Ceiling of the wait that a server may ask for. */
enum { RETRY_AFTER_MAX_MS = 60000 };

/* The pause after failed attempt `attempt` (from 1): full jitter under a
   ceiling that doubles from 200 ms to 5 s. `random` is any number. */
int64_t retry_delay_ms(int attempt, uint32_t random);

/* A random number for retry_delay_ms(), not for secrets. 0: none available. */
uint32_t retry_random(void);

/* The wait that Retry-After asks for, in seconds or as an HTTP date: 0 ..
   RETRY_AFTER_MAX_MS (longer ones are cut to it). -1: not valid. */
int64_t retry_after_ms(const char *header, int64_t wall_now_ms);

#endif
