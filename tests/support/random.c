/* Seeded numbers: see random.h. */

#include "random.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

static uint64_t from_environment(const char *name, uint64_t otherwise)
{
	const char *text = getenv(name);

	return text ? strtoull(text, NULL, 0) : otherwise;
}

void random_init(struct random *random, const char *what)
{
	random->state = from_environment("CAIFS_TEST_SEED", 20240229);
	printf("# %s: CAIFS_TEST_SEED=%" PRIu64 "\n", what, random->state);
	fflush(stdout);
}

uint64_t random_mix(uint64_t number)
{
	number = (number ^ (number >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	number = (number ^ (number >> 27)) * UINT64_C(0x94d049bb133111eb);
	return number ^ (number >> 31);
}

uint64_t random_next(struct random *random)
{
	random->state += UINT64_C(0x9e3779b97f4a7c15);
	return random_mix(random->state);
}

uint64_t random_below(struct random *random, uint64_t below)
{
	return random_next(random) % below;
}

int64_t random_between(struct random *random, int64_t low, int64_t high)
{
	return low + (int64_t)random_below(random, (uint64_t)(high - low) + 1);
}

size_t random_cases(size_t otherwise)
{
	return (size_t)from_environment("CAIFS_TEST_CASES", otherwise);
}
