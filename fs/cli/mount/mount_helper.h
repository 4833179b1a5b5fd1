#ifndef CAIFS_CLI_MOUNT_HELPER_H
#define CAIFS_CLI_MOUNT_HELPER_H

/*
 * The command line of mount(8) for a filesystem's helper program:
 *
 *   mount.caifs SOURCE DIRECTORY [-sfnv] [-N NAMESPACE] [-o OPTIONS] [-t TYPE]
 *
 * It has no commands, and `-f` is mount(8)'s fake mode: check everything, mount
 * nothing. Main thread.
 */

#include <stdbool.h>

/* Whether mount(8) called, by the program's name: "mount.TYPE". */
bool mount_helper_is(const char *program);

/* Removes from `argv` what only mount(8) needs. Returns the new count;
   `*ret_fake`: -f was given. */
int mount_helper_arguments(int argc, char **argv, bool *ret_fake);

#endif
