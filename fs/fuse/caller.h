#ifndef CAIFS_FUSE_CALLER_H
#define CAIFS_FUSE_CALLER_H

#include <stdbool.h>
#include <sys/types.h>

/*
 * The kernel interrupts a request for any signal that its caller gets, be it a
 * timer's. It shows which it was: a signal that will end the caller is pending
 * as SIGKILL for the thread itself, a handled one is not. A caller that cannot
 * be seen (0: of another PID namespace, or gone) is taken for a dying one.
 *
 * Reads /proc; any thread.
 */
bool caller_is_dying(pid_t thread);

/* The process that the thread is one of; the same for one that cannot be seen.
   Reads /proc; any thread. */
pid_t caller_process(pid_t thread);

#endif
