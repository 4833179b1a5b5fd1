/* The nearest word: see nearest.h. */

#include "caifs/nearest.h"

#include <string.h>

enum { LENGTH_MAX = 48, DISTANCE_MAX = 3 };

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Optimal string alignment: Levenshtein's distance in which a swap of two
   neighbours counts as one edit. It needs the last three rows of the table. */
static size_t distance(const char *a, size_t a_length, const char *b,
		       size_t b_length)
{
	size_t rows[3][LENGTH_MAX + 1];
	size_t *before = rows[0], *last = rows[1], *row = rows[2];

	for (size_t j = 0; j <= b_length; j++)
		last[j] = j;
	for (size_t i = 1; i <= a_length; i++) {
		size_t *oldest = before;

		row[0] = i;
		for (size_t j = 1; j <= b_length; j++) {
			size_t change = last[j - 1] + (a[i - 1] != b[j - 1]);

			row[j] = least(least(last[j], row[j - 1]) + 1, change);
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] &&
			    a[i - 2] == b[j - 1])
				row[j] = least(row[j], before[j - 2] + 1);
		}
		before = last;
		last = row;
		row = oldest;
	}
	return last[b_length];
}

void nearest_offer(struct nearest *n, const char *candidate)
{
	size_t length = n->length ? n->length : strlen(n->word);
	size_t other = strlen(candidate);
	size_t longer = length > other ? length : other;
	size_t found;

	if (longer > LENGTH_MAX)
		return;
	found = distance(n->word, length, candidate, other);
	if (found > DISTANCE_MAX || found * 3 > longer ||
	    (n->best && found >= n->distance))
		return;
	n->best = candidate;
	n->distance = found;
}
