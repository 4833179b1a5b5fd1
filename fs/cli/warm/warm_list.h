#ifndef CAIFS_CLI_WARM_LIST_H
#define CAIFS_CLI_WARM_LIST_H

/*
 * The parts that the paths given to `caifs warm` stand for, each once, in the
 * order in which they were come upon. One thread.
 */

#include <stdbool.h>
#include <stdint.h>

#include "warm_part.h"

struct warm_list {
	struct warm_part **parts;
	size_t count, room;
	struct warm_part *known; /* by what they are */
};

/* Whether the path is in a mount that keeps what is read. 0; -EINVAL after a
   complaint that it is in none; any other error: why it cannot be looked at. */
int warm_list_check(const char *path);

/* Adds the parts at and below the path. `is_stopped` ends it early. Calls
   `failed` with whatever cannot be looked at. 0 or -ENOMEM. */
int warm_list_add(struct warm_list *list, const char *path,
		  bool (*is_stopped)(void *data),
		  void (*failed)(void *data, const char *path, int err),
		  void *data);

void warm_list_finish(struct warm_list *list);

#endif
