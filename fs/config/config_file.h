#ifndef CAIFS_CONFIG_FILE_H
#define CAIFS_CONFIG_FILE_H

#include "caifs/settings.h"

/*
 * Finds and reads the configuration file (JSON): the one that was named, else
 * the named configuration's, beside the default ones. Files that aepp, aio and
 * the Developer Console write are understood as they are: keys in any case, and
 * credentials wherever in the file they stand.
 *
 * A file that holds a secret must belong to us or root and be readable by
 * nobody else. 0 (also when there is no default file), or -EINVAL after it has
 * said why.
 */
int config_file_read(struct settings *settings);

/* May others read this open file, or write it? Says so; -EINVAL. */
int config_file_check_private(int fd, const char *path);

#endif
