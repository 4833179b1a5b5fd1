#ifndef CAIFS_CONFIG_ENVIRONMENT_H
#define CAIFS_CONFIG_ENVIRONMENT_H

/*
 * Options from the environment: the variables of the table of options, and the
 * credentials of a service manager (LoadCredential= of systemd.exec(5)): files
 * named after secret options, in the directory CREDENTIALS_DIRECTORY.
 *
 * Main thread, before any other starts.
 */

#include <stdbool.h>

struct settings;

/* Sets what is not set yet, and removes secrets from the environment. 0, or
   -EINVAL after it has printed why. */
int environment_read(struct settings *settings);

/* Whether this is a file in CREDENTIALS_DIRECTORY. The service manager keeps
   these private, with access lists that look like permissions of a group. */
bool environment_keeps(const char *path);

#endif
