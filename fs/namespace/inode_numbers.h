#ifndef CAIFS_NAMESPACE_INODE_NUMBERS_H
#define CAIFS_NAMESPACE_INODE_NUMBERS_H

/*
 * The inode numbers that things have in this mount, where these are not the
 * ones made from what the things are: a part that was replaced by another
 * version of the same length has a fresh one since. Kept for as long as the
 * mount lasts, so that no number means two things.
 *
 * Guarded by the namespace's lock, but for inode_numbers_are_first().
 */

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

enum { INODE_NUMBERS_MAX = 1 << 20 }; /* fresh ones */

struct inode_numbers {
	struct renumbered *by_first;
	_Atomic unsigned count;
	uint64_t given; /* fresh ones so far */
};

void inode_numbers_finish(struct inode_numbers *numbers);

/* Every thing has the number that was made of it. Any thread. */
static inline bool inode_numbers_are_first(const struct inode_numbers *numbers)
{
	return atomic_load(&numbers->count) == 0;
}

/* The number that the thing has now of which `first` was made. */
uint64_t inode_numbers_get(const struct inode_numbers *numbers, uint64_t first);

/* It gets another, which is near the first in order. `taken` says of a number
   that something has it. -ENOMEM; -ENOSPC: too many have. */
int inode_numbers_renew(struct inode_numbers *numbers, uint64_t first,
			bool (*taken)(const void *data, uint64_t number),
			const void *data);

#endif
