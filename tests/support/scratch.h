#ifndef CAIFS_TEST_SCRATCH_H
#define CAIFS_TEST_SCRATCH_H

/*
 * A folder for the files of one test, and an environment in which nothing of
 * ours is set: set-up and tear-down for cmocka. `*state` is the folder's path.
 * Aborts on what it cannot do.
 */

#include <stddef.h>
#include <sys/types.h>

/* HOME and XDG_CONFIG_HOME are then the folder too. */
int scratch_begin(void **state);
int scratch_end(void **state);

/* Writes a file in the folder, and the folders that `name` says it is in. Its
   path is good until the test's end. */
const char *scratch_file(void **state, const char *name, const char *content,
			 mode_t mode);
const char *scratch_bytes(void **state, const char *name, const void *bytes,
			  size_t size, mode_t mode);

#endif
