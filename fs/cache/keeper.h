#ifndef CAIFS_CACHE_KEEPER_H
#define CAIFS_CACHE_KEEPER_H

/*
 * Cuts what passes by into runs of whole pages for the writer. What it will not
 * take now is let go.
 *
 * One thread at a time; nothing waits.
 */

#include "store.h"

struct keeper {
	struct store *store;
	struct part *part;     /* NULL: keeps nothing */
	struct store_run *run; /* being filled */
};

/* The bytes at `at`, of that version. What comes next follows them, or
   keeper_flush() has been called. */
void keeper_take(struct keeper *keeper, const char *version, int64_t at,
		 const char *bytes, size_t size);

/* The pages that are complete go to the writer. */
void keeper_flush(struct keeper *keeper);

#endif
