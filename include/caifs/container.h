#ifndef CAIFS_CONTAINER_H
#define CAIFS_CONTAINER_H

#include <stddef.h>

/* The struct of type `type` whose member `member` is at `pointer`. */
#define container_of(pointer, type, member)                                    \
	((type *)(void *)((char *)(pointer)-offsetof(type, member)))

#endif
