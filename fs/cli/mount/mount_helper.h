#ifndef CAIFS_CLI_MOUNT_HELPER_H
#define CAIFS_CLI_MOUNT_HELPER_H

/*
 * How mount(8) calls the program of a type of filesystem:
 *
 *   mount.caifs SOURCE DIRECTORY [-sfnv] [-N NAMESPACE] [-o OPTIONS] [-t TYPE]
 *
 * No word of it is a command, and `-f` means: do all but mount.
 */

#include <stdbool.h>

/* Was it mount(8) that called, by the name that the program was run by? */
bool mount_helper_is(const char *program);

/* Takes from the arguments what is mount's alone; their new count. */
int mount_helper_arguments(int argc, char **argv, bool *ret_fake);

#endif
