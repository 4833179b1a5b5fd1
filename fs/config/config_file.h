#ifndef CAIFS_CONFIG_FILE_H
#define CAIFS_CONFIG_FILE_H

#include "caifs/settings.h"

/*
 * Finds and reads the configuration file (JSON): that of the option `config`,
 * else the named configuration of settings->source, else the default one.
 * Accepts the files of aepp, aio and the Developer Console: letter case of keys
 * does not matter, and credentials may be at any depth.
 *
 * A file with a secret must belong to the caller or to root, and be readable by
 * no other user. 0 (also when there is no default file), or -EINVAL after it
 * has printed why.
 */
int config_file_read(struct settings *settings);

/* Whether an open file with a secret is private: 0, or -EINVAL after it has
   printed why not. */
int config_file_check_private(int fd, const char *path);

#endif
