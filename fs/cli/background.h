#ifndef CAIFS_CLI_BACKGROUND_H
#define CAIFS_CLI_BACKGROUND_H

/*
 * Going to the background, and telling the shell only when it is known how
 * that went: the first process waits until the second reports, and ends with
 * what it says.
 */

/* Forks. Returns in the child, with a descriptor to report by; the parent does
   not return. Negative errno: nothing was forked. Before threads start. */
int background_begin(void);

/* Lets the parent end with `status`. With 0, also lets go of the terminal.
   `report` -1: there is no parent to tell (foreground). */
void background_report(int report, int status);

#endif
