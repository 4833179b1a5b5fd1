/* Inode numbers: see inode_numbers.h. */

#include "inode_numbers.h"

#include "caifs/hash.h"

#include <errno.h>
#include <stdlib.h>

/* The lower bits of a part's number are a hash. The others are its position in
   its directory (directory_builder.h) and stay the same. */
enum { HASH_BITS = 50 };

struct renumbered {
	uint64_t first, now;
	UT_hash_handle hh;
};

void inode_numbers_finish(struct inode_numbers *numbers)
{
	struct renumbered *item, *next;

	HASH_ITER (hh, numbers->by_first, item, next) {
		HASH_DEL(numbers->by_first, item);
		free(item);
	}
}

static struct renumbered *find(const struct inode_numbers *numbers,
			       uint64_t first)
{
	struct renumbered *item;

	HASH_FIND(hh, numbers->by_first, &first, sizeof(first), item);
	return item;
}

uint64_t inode_numbers_get(const struct inode_numbers *numbers, uint64_t first)
{
	const struct renumbered *item =
		inode_numbers_are_first(numbers) ? NULL : find(numbers, first);

	return item ? item->now : first;
}

static uint64_t fresh(struct inode_numbers *numbers, uint64_t first)
{
	const uint64_t low = (UINT64_C(1) << HASH_BITS) - 1;
	const uint64_t seed[2] = {first, ++numbers->fresh_count};

	return (first & ~low) | (XXH3_64bits(seed, sizeof(seed)) & low);
}

int inode_numbers_renew(struct inode_numbers *numbers, uint64_t first,
			bool (*taken)(const void *data, uint64_t number),
			const void *data)
{
	struct renumbered *item = find(numbers, first);
	uint64_t number;

	if (!item) {
		if (numbers->count >= INODE_NUMBERS_MAX)
			return -ENOSPC;
		item = calloc(1, sizeof(*item));
		if (!item)
			return -ENOMEM;
		item->first = first;
		HASH_ADD(hh, numbers->by_first, first, sizeof(first), item);
		if (!item->hh.tbl) {
			free(item);
			return -ENOMEM;
		}
		numbers->count++;
	}
	do
		number = fresh(numbers, first);
	while (number == first || number <= UINT16_MAX || taken(data, number));
	item->now = number;
	return 0;
}
