#ifndef CAIFS_NEAREST_H
#define CAIFS_NEAREST_H

/*
 * Finds the known word nearest to a misspelt one. Zero a struct nearest, set
 * `word`, offer every known word, then read `best`. Pure; any thread.
 */

#include <stddef.h>

struct nearest {
	const char *word; /* the misspelt one; borrowed */
	size_t length;	  /* of `word`; 0: up to its NUL */
	const char *best; /* the nearest so far; NULL: none is near enough */
	size_t distance;  /* of `best` */
};

/* `candidate` is borrowed for as long as `best` is used. It is near enough when
   at most three edits turn it into `word`, and at most one for each three
   letters of the longer word. An edit changes, adds or removes a letter, or
   swaps two neighbours. A word of more than 48 letters is near to none. */
void nearest_offer(struct nearest *nearest, const char *candidate);

#endif
