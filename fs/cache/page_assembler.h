#ifndef CAIFS_CACHE_PAGE_ASSEMBLER_H
#define CAIFS_CACHE_PAGE_ASSEMBLER_H

/*
 * Cuts the bytes of a fetch into runs of whole pages for the writer. Bytes that
 * do not make a whole page, or for which the writer has no memory, are dropped.
 *
 * One thread at a time; nothing waits.
 */

#include "store.h"

struct page_assembler {
	struct store *store;
	struct part *part;     /* borrowed; NULL: everything is dropped */
	struct store_run *run; /* being filled; NULL: none */
};

/* Copies the bytes, of that version, at offset `at` of the part. They must
   follow those of the last call, unless page_assembler_flush() came between. */
void page_assembler_take(struct page_assembler *assembler, const char *version,
			 int64_t at, const char *bytes, size_t size);

/* Passes complete pages to the writer and drops the rest. */
void page_assembler_flush(struct page_assembler *assembler);

#endif
