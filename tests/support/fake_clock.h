#ifndef CAIFS_FAKE_CLOCK_H
#define CAIFS_FAKE_CLOCK_H

/*
 * The clocks of clock.h, standing still until a test moves them. Linked into
 * an executable it takes the place of the real ones. Any thread.
 */

#include <stdint.h>

#include "caifs/clock.h"

/* Both clocks to where they start. */
void fake_clock_reset(void);

void fake_clock_advance(int64_t ms);

#endif
