#ifndef CAIFS_FAKE_CLOCK_H
#define CAIFS_FAKE_CLOCK_H

/*
 * The clocks of clock.h, which advance only when a test advances them. Linked
 * into an executable in place of the real ones. Any thread.
 */

#include <stdint.h>

#include "caifs/clock.h"

/* Sets both clocks to their start. */
void fake_clock_reset(void);

/* Advances both clocks. */
void fake_clock_advance(int64_t ms);

#endif
