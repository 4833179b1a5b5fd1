#ifndef CAIFS_CLI_INTERRUPT_H
#define CAIFS_CLI_INTERRUPT_H

/*
 * SIGINT and SIGTERM for a command that stops at points of its choice: the
 * signals are blocked and polled. Main thread; call interrupt_hold() before any
 * other thread starts.
 */

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

struct interrupt {
	sigset_t set;
	int signal; /* the first that was received; 0: none yet */
};

/* Blocks the signals. */
void interrupt_hold(struct interrupt *interrupt);

/* Whether a signal was received. */
bool interrupt_came(struct interrupt *interrupt);

/* Sleeps. False: a signal was received, and ended the sleep. */
bool interrupt_sleep(struct interrupt *interrupt, int64_t ms);

#endif
