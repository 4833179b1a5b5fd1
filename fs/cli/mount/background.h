#ifndef CAIFS_CLI_BACKGROUND_H
#define CAIFS_CLI_BACKGROUND_H

/*
 * Going to the background. The parent waits until the child reports the outcome
 * of mounting, and exits with that status.
 *
 * Until then the child stays in the parent's process group: autofs(5) lets the
 * process group that mounts access the mountpoint; all others wait for the
 * mount, and the child would wait for itself.
 */

/* Forks. Returns in the child only, with a descriptor for background_report().
   Negative errno: not forked. Call before any other thread starts. */
int background_begin(void);

/* Makes the parent exit with `status`; closes `report`. With status 0, also
   detaches from the terminal and starts a session.
   `report` -1 (foreground): no effect. */
void background_report(int report, int status);

#endif
