#ifndef CAIFS_TEST_H
#define CAIFS_TEST_H

/*
 * What every test includes: cmocka with the headers it wants before it, and
 * how a test file lists its tests.
 *
 * cmocka's assertions jump out of the test, so they are for its main thread;
 * another thread keeps what it saw for the main thread to judge.
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

/* For the clean-up of memory by the harness itself: no test goes on without
   it. */
static inline void *test_alloc(size_t size)
{
	void *memory = calloc(1, size ? size : 1);

	if (!memory)
		abort();
	return memory;
}

#endif
