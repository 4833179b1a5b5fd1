#ifndef CAIFS_CLOCK_H
#define CAIFS_CLOCK_H

/*
 * The two clocks. Waits, ages and deadlines are measured on the monotonic one,
 * which no one can set; the wall clock is for what the platform dates (token
 * ends, Retry-After dates) and for log lines. Milliseconds throughout.
 */

#include <stdint.h>

/* Since some moment before the program started; counts suspend, because a
   token ages in suspend too. */
int64_t clock_now_ms(void);

/* Since 1970-01-01 UTC. */
int64_t clock_wall_ms(void);

#endif
