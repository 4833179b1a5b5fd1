#ifndef CAIFS_CLI_INTERRUPT_H
#define CAIFS_CLI_INTERRUPT_H

/*
 * SIGINT and SIGTERM for a command that has something to say before it ends:
 * they are held back, and looked for where it may stop. Main thread, before any
 * other starts.
 */

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

struct interrupt {
	sigset_t set;
	int signal; /* the first that came; 0: none yet */
};

void interrupt_hold(struct interrupt *interrupt);

/* Has one come by now? */
bool interrupt_came(struct interrupt *interrupt);

/* Waits; false as soon as one has come. */
bool interrupt_sleep(struct interrupt *interrupt, int64_t ms);

#endif
