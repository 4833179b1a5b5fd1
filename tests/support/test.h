#ifndef CAIFS_TEST_H
#define CAIFS_TEST_H

/*
 * What every test includes: cmocka and the headers that must precede it.
 *
 * cmocka's assertions jump out of the test: use them on its main thread only.
 * Another thread stores its results for the main thread to check.
 */

#include <errno.h>
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/* Zeroed; the caller frees it. No memory: aborts. */
static inline void *test_alloc(size_t size)
{
	void *memory = calloc(1, size ? size : 1);

	if (!memory)
		abort();
	return memory;
}

#endif
