/* Cuts what passes by into runs of pages: see keeper.h. */

#include "keeper.h"

#include <string.h>

void keeper_flush(struct keeper *keeper)
{
	struct store_run *run = keeper->run;

	keeper->run = NULL;
	if (!run)
		return;
	/* But for the end of the part, which ends in a page that is short. */
	if (run->first * PART_FILE_PAGE + (int64_t)run->size <
	    run->part->key.size)
		run->size -= run->size % PART_FILE_PAGE;
	store_write(run);
}

/* How much is let go until a page begins after `at`. */
static size_t let_go(struct keeper *keeper, int64_t at)
{
	size_t into = (size_t)(at % PART_FILE_PAGE);

	if (into == 0) /* the writer has enough to do */
		atomic_fetch_add(&keeper->store->counts.dropped, 1);
	return PART_FILE_PAGE - into;
}

void keeper_take(struct keeper *keeper, const char *version, int64_t at,
		 const char *bytes, size_t size)
{
	while (keeper->part && size) {
		struct store_run *run = keeper->run;
		size_t count;

		if (!run && at % PART_FILE_PAGE == 0)
			run = store_begin(keeper->store, keeper->part, version,
					  at / PART_FILE_PAGE);
		count = run ? STORE_RUN - run->size : let_go(keeper, at);
		if (count > size)
			count = size;
		if (run) {
			memcpy(run->bytes + run->size, bytes, count);
			run->size += count;
		}
		keeper->run = run;
		if (run && run->size == STORE_RUN)
			keeper_flush(keeper);
		bytes += count;
		size -= count;
		at += (int64_t)count;
	}
}
