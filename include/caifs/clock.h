#ifndef CAIFS_CLOCK_H
#define CAIFS_CLOCK_H

/*
 * The two clocks, in milliseconds. Measure waits, ages and deadlines on the
 * monotonic one, which cannot be set. The wall clock is for what the platform
 * dates (token expiry, Retry-After) and for log lines. Any thread.
 */

#include <stdint.h>

/* Monotonic, since an unspecified moment. Time in suspend counts, because a
   token ages then too. */
int64_t clock_now_ms(void);

/* Wall clock, since 1970-01-01 UTC. */
int64_t clock_wall_ms(void);

#endif
