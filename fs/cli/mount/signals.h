#ifndef CAIFS_CLI_SIGNALS_H
#define CAIFS_CLI_SIGNALS_H

/*
 * The signals that do not end the mount: SIGHUP has the token file read again,
 * SIGUSR1 moves the log level on to the next (info, debug, error, warning).
 */

#include "caifs/gateway.h"

struct signals;

/* Blocks both in the calling thread, and so in those it starts later: call it
   before they start. A thread of its own waits for them. */
int signals_create(struct gateway *gateway, struct signals **ret_signals);
struct signals *signals_destroy(struct signals *signals);

/* Blocks them, before `gateway` exists. */
void signals_block(void);

#endif
