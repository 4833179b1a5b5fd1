/* Clocks that stand still: see fake_clock.h. */

#include "fake_clock.h"

static const int64_t start_ms = 1000000;
static const int64_t wall_start_ms = INT64_C(1700000000000);

static _Atomic int64_t advanced_ms;

void fake_clock_reset(void)
{
	advanced_ms = 0;
}

void fake_clock_advance(int64_t ms)
{
	advanced_ms += ms;
}

int64_t clock_now_ms(void)
{
	return start_ms + advanced_ms;
}

int64_t clock_wall_ms(void)
{
	return wall_start_ms + advanced_ms;
}
