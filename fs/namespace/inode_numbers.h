#ifndef CAIFS_NAMESPACE_INODE_NUMBERS_H
#define CAIFS_NAMESPACE_INODE_NUMBERS_H

/*
 * Inode numbers that differ from the one derived from an item's identity (its
 * first). A part that was replaced by another version of the same length gets a
 * fresh number. Entries last as long as the mount, so that no number is ever
 * used for two items.
 *
 * Guarded by the namespace's lock, except inode_numbers_are_first().
 */

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

enum { INODE_NUMBERS_MAX = 1 << 20 }; /* items with a fresh number */

struct inode_numbers {
	struct renumbered *by_first;
	_Atomic unsigned count;
	uint64_t fresh_count; /* fresh numbers tried so far */
};

void inode_numbers_finish(struct inode_numbers *numbers);

/* True: every item has its first number. Any thread. */
static inline bool inode_numbers_are_first(const struct inode_numbers *numbers)
{
	return atomic_load(&numbers->count) == 0;
}

/* The current number of the item with that first number. */
uint64_t inode_numbers_get(const struct inode_numbers *numbers, uint64_t first);

/* Gives the item a fresh number that sorts like its first. `taken`: is the
   number in use? -ENOMEM; -ENOSPC: INODE_NUMBERS_MAX items have one. */
int inode_numbers_renew(struct inode_numbers *numbers, uint64_t first,
			bool (*taken)(const void *data, uint64_t number),
			const void *data);

#endif
