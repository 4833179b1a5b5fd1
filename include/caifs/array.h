#ifndef CAIFS_ARRAY_H
#define CAIFS_ARRAY_H

#include <stdbool.h>
#include <stdlib.h>

/* Makes room in `*array` for one more than `count` elements of `size` bytes;
   `*room` is its capacity in elements. The caller frees `*array`. False: no
   memory; nothing has changed. */
static inline bool array_grow(void **array, size_t *room, size_t count,
			      size_t size)
{
	size_t more = *room ? *room * 2 : 128;
	void *grown;

	if (count < *room)
		return true;
	grown = reallocarray(*array, more, size);
	if (!grown)
		return false;
	*array = grown;
	*room = more;
	return true;
}

#endif
