#ifndef CAIFS_CLI_WARM_LIST_H
#define CAIFS_CLI_WARM_LIST_H

/*
 * The parts at and below the paths given to `caifs warm`, each once, in the
 * order in which they are found. One thread.
 */

#include <stdbool.h>
#include <stdint.h>

#include "warm_part.h"

struct warm_list {
	struct warm_part **parts;
	size_t count, room;
	struct warm_part *known; /* by key */
};

/* Checks that the path is in a mount with a disk cache. -EINVAL after it has
   printed that it is not; or the errno of looking at the path. */
int warm_list_check(const char *path);

/* Adds the parts at and below the path, until is_stopped() is true. Calls
   failed() for each path that cannot be read. 0 or -ENOMEM. */
int warm_list_add(struct warm_list *list, const char *path,
		  bool (*is_stopped)(void *data),
		  void (*failed)(void *data, const char *path, int err),
		  void *data);

void warm_list_finish(struct warm_list *list);

#endif
