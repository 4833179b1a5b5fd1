/* Cuts the bytes of a fetch into runs of pages: see page_assembler.h. */

#include "page_assembler.h"

#include <string.h>

void page_assembler_flush(struct page_assembler *assembler)
{
	struct store_run *run = assembler->run;

	assembler->run = NULL;
	if (!run)
		return;
	/* Drop an incomplete page, but not the part's short last page. */
	if (run->first * PART_FILE_PAGE + (int64_t)run->size <
	    run->part->key.size)
		run->size -= run->size % PART_FILE_PAGE;
	store_write(run);
}

/* Bytes to drop from `at` to the start of the next page. */
static size_t skip_to_page(struct page_assembler *assembler, int64_t at)
{
	size_t into = (size_t)(at % PART_FILE_PAGE);

	if (into == 0) /* store_begin() refused: a whole page is dropped */
		atomic_fetch_add(&assembler->store->counts.dropped, 1);
	return PART_FILE_PAGE - into;
}

void page_assembler_take(struct page_assembler *assembler, const char *version,
			 int64_t at, const char *bytes, size_t size)
{
	while (assembler->part && size) {
		struct store_run *run = assembler->run;
		size_t count;

		if (!run && at % PART_FILE_PAGE == 0)
			run = store_begin(assembler->store, assembler->part,
					  version, at / PART_FILE_PAGE);
		count = run ? STORE_RUN - run->size
			    : skip_to_page(assembler, at);
		if (count > size)
			count = size;
		if (run) {
			memcpy(run->bytes + run->size, bytes, count);
			run->size += count;
		}
		assembler->run = run;
		if (run && run->size == STORE_RUN)
			page_assembler_flush(assembler);
		bytes += count;
		size -= count;
		at += (int64_t)count;
	}
}
