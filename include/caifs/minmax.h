#ifndef CAIFS_MINMAX_H
#define CAIFS_MINMAX_H

/* The smaller and the larger of two numbers. */

#include <stdint.h>

static inline int64_t min64(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static inline int64_t max64(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

#endif
