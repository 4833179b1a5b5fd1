#ifndef CAIFS_CLI_BACKGROUND_H
#define CAIFS_CLI_BACKGROUND_H

/*
 * Going to the background, and telling the shell only when it is known how
 * that went: the first process waits until the second reports, and ends with
 * what it says.
 *
 * Until then the second stays in the first one's process group. By the group
 * autofs(5) knows who makes a mount: everybody else who touches its mountpoint
 * waits for that mount, and would wait for himself.
 */

/* Forks. Returns in the child, with a descriptor to report by; the parent does
   not return. Negative errno: nothing was forked. Before threads start. */
int background_begin(void);

/* Lets the parent end with `status`. With 0, also lets go of the terminal and
   begins a session.
   `report` -1: there is no parent to tell (foreground). */
void background_report(int report, int status);

#endif
