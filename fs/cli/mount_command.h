#ifndef CAIFS_CLI_MOUNT_COMMAND_H
#define CAIFS_CLI_MOUNT_COMMAND_H

#include "settings.h"

/* Mounts what the settings say and, in the foreground, serves it to its end.
   The exit status: 0, 1 failed, 2 wrong usage. In the background it returns in
   the process that serves. Main thread, before any other starts. */
int mount_command(const struct settings *settings);

#endif
