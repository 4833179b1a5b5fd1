#ifndef CAIFS_CLI_SIGNALS_H
#define CAIFS_CLI_SIGNALS_H

/*
 * The signals that do not end the mount: SIGHUP reads the token again, SIGUSR1
 * sets the next log level (error, warning, info, debug, then error again).
 */

#include "caifs/gateway.h"

struct signals;

/* Blocks the signals in the calling thread, and so in those that it starts
   later. Call it before any other thread starts. */
void signals_block(void);

/* Starts the thread that handles the signals. Call signals_block() before.
   `gateway` is borrowed until signals_destroy(). 0 or negative errno. */
int signals_create(struct gateway *gateway, struct signals **ret_signals);
/* NULL: no effect. Returns NULL. */
struct signals *signals_destroy(struct signals *signals);

#endif
