#ifndef CAIFS_CONFIG_ENVIRONMENT_H
#define CAIFS_CONFIG_ENVIRONMENT_H

/*
 * What the surroundings set: the variables of the table of options, and the
 * credentials that a service manager keeps for us (LoadCredential= of
 * systemd.exec(5)): a file a secret, by the secret's name, in the directory
 * that CREDENTIALS_DIRECTORY names.
 */

#include <stdbool.h>

struct settings;

/* 0, or -EINVAL after it has said why. */
int environment_read(struct settings *settings);

/* Is this a file in CREDENTIALS_DIRECTORY? Those are kept from others by the
   service manager, with access lists that look like permissions of a group. */
bool environment_keeps(const char *path);

#endif
