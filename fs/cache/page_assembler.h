#ifndef CAIFS_CACHE_PAGE_ASSEMBLER_H
#define CAIFS_CACHE_PAGE_ASSEMBLER_H

/*
 * Cuts what passes by into runs of whole pages for the writer. What it will not
 * take now is let go.
 *
 * One thread at a time; nothing waits.
 */

#include "store.h"

struct page_assembler {
	struct store *store;
	struct part *part;     /* NULL: keeps nothing */
	struct store_run *run; /* being filled */
};

/* The bytes at `at`, of that version. What comes next follows them, or
   page_assembler_flush() has been called. */
void page_assembler_take(struct page_assembler *assembler, const char *version,
			 int64_t at, const char *bytes, size_t size);

/* The pages that are complete go to the writer. */
void page_assembler_flush(struct page_assembler *assembler);

#endif
