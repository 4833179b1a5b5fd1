#ifndef CAIFS_TEST_RANDOM_H
#define CAIFS_TEST_RANDOM_H

/*
 * Numbers for property tests, the same for the same seed (splitmix64). The seed
 * is $CAIFS_TEST_SEED or a fixed one, and is printed, so that a failure can be
 * reproduced. $CAIFS_TEST_CASES sets the number of cases.
 */

#include <stddef.h>
#include <stdint.h>

struct random {
	uint64_t state;
};

/* Prints the seed with `what`. */
void random_init(struct random *random, const char *what);

uint64_t random_next(struct random *random);

/* 0 .. below - 1. */
uint64_t random_below(struct random *random, uint64_t below);

/* low .. high. */
int64_t random_between(struct random *random, int64_t low, int64_t high);

/* $CAIFS_TEST_CASES, or `otherwise`. */
size_t random_cases(size_t otherwise);

/* A hash of `number`, for bytes that are a function of their offset. Pure. */
uint64_t random_mix(uint64_t number);

#endif
