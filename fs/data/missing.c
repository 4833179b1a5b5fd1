/* What a part lacks: see missing.h. */

#include "missing.h"

#include "caifs/minmax.h"
#include "data_internal.h"

int64_t missing_first(struct data *data, struct data_file *file, int64_t offset,
		      int64_t end)
{
	while (offset < end) {
		int64_t page = offset / DATA_PAGE;
		struct data_block *block =
			pool_find(&data->pool, file, page / POOL_PAGES);

		if (block && block->valid == POOL_ALL_VALID)
			offset = (block->key.index + 1) * DATA_BLOCK;
		else if (block && (block->valid & (1u << (page % POOL_PAGES))))
			offset = (page + 1) * DATA_PAGE;
		else
			return offset;
	}
	return end;
}

/* Where the run of pages ends that begins at `page` and is neither in memory
   nor on its way (or all of it is); `last` + 1 at the most. */
static int64_t run_end(struct data *data, struct data_file *file, int64_t page,
		       int64_t last, bool missing)
{
	struct fill *fill;

	while (page <= last) {
		struct data_block *block =
			pool_find(&data->pool, file, page / POOL_PAGES);
		bool valid =
			block && (block->valid & (1u << (page % POOL_PAGES)));

		if (!valid) {
			fill = fill_covering(file, page * DATA_PAGE);
			if (fill ? missing : !missing)
				return page;
			page = fill ? (fill->end + DATA_PAGE - 1) / DATA_PAGE
				    : page + 1;
		} else if (missing) {
			return page;
		} else if (block->valid == POOL_ALL_VALID) {
			page = (page / POOL_PAGES + 1) * POOL_PAGES;
		} else {
			page++;
		}
	}
	return last + 1;
}

int missing_fetch(struct data *data, struct data_file *file, int64_t start,
		  int64_t end, int64_t piece, bool prefetch)
{
	const int64_t last = (end - 1) / DATA_PAGE;
	const int64_t max =
		max64(min64(piece, fill_longest(data)) / DATA_PAGE, 1);
	int64_t page;

	if (start >= end)
		return 0;
	page = run_end(data, file, start / DATA_PAGE, last, false);
	while (page <= last) {
		int64_t to = run_end(data, file, page,
				     min64(page + max - 1, last), true);
		int err = fill_add(data, file, page * DATA_PAGE,
				   min64(to * DATA_PAGE, file->size), prefetch);

		if (err)
			return err;
		page = run_end(data, file, to, last, false);
	}
	return 0;
}
