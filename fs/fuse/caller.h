#ifndef CAIFS_FUSE_CALLER_H
#define CAIFS_FUSE_CALLER_H

#include <stdbool.h>
#include <sys/types.h>

/*
 * True: a signal is ending the thread. The kernel interrupts a request for any
 * signal to its caller, a timer's too. One that ends the caller is pending as
 * SIGKILL on the thread itself; a handled one is not. A thread that is not
 * visible (0: of another PID namespace; or gone) counts as dying.
 *
 * Reads /proc; any thread.
 */
bool caller_is_dying(pid_t thread);

/* The thread's process; `thread` if it is not visible. Reads /proc; any thread.
 */
pid_t caller_process(pid_t thread);

#endif
