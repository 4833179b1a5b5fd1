#ifndef CAIFS_NEAREST_H
#define CAIFS_NEAREST_H

/*
 * The word that a misspelt one may have been meant for. Start with a zeroed
 * struct nearest and `word` set, offer every word that there is, then ask for
 * the best. Pure; any thread.
 */

#include <stddef.h>

struct nearest {
	const char *word; /* what was written; borrowed */
	size_t length;	  /* of it; 0: to its end */
	const char *best; /* NULL: none is near enough */
	size_t distance;  /* of the best */
};

/* `candidate` is borrowed until the best has been read from `best`. A word is
   near enough when at most a third of the longer one's letters, and no more
   than three, have to be changed, added, left out or swapped with the next;
   with more than 48 letters neither is near to anything. */
void nearest_offer(struct nearest *nearest, const char *candidate);

#endif
