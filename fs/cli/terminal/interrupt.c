/* SIGINT and SIGTERM: see interrupt.h. */

#include "interrupt.h"

#include "caifs/clock.h"

#include <stddef.h>
#include <time.h>

void interrupt_hold(struct interrupt *interrupt)
{
	interrupt->signal = 0;
	sigemptyset(&interrupt->set);
	sigaddset(&interrupt->set, SIGINT);
	sigaddset(&interrupt->set, SIGTERM);
	sigprocmask(SIG_BLOCK, &interrupt->set, NULL);
}

bool interrupt_came(struct interrupt *interrupt)
{
	return !interrupt_sleep(interrupt, 0);
}

bool interrupt_sleep(struct interrupt *interrupt, int64_t ms)
{
	int64_t end_ms = clock_now_ms() + ms, left_ms = ms;
	struct timespec wait;
	int number;

	while (!interrupt->signal) {
		wait.tv_sec = left_ms / 1000;
		wait.tv_nsec = left_ms % 1000 * 1000000;
		number = sigtimedwait(&interrupt->set, NULL, &wait);
		if (number > 0)
			interrupt->signal = number;
		left_ms = end_ms - clock_now_ms();
		if (left_ms <= 0)
			break;
	}
	return !interrupt->signal;
}
