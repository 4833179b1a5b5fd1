/* Which column chunks to prefetch: see column_prefetch.h. */

#include "column_prefetch.h"

#include <stdlib.h>

/* A program may read only a few bytes of a chunk; the window grows with more.
 */
enum { FIRST_WINDOW = 2 * 1024 * 1024 };

/* Chunks looked at in one call. */
enum { LOOK_AT = 4096 };

struct column_prefetch *column_prefetch_create(size_t columns)
{
	struct column_prefetch *prefetch = calloc(
		1, sizeof(*prefetch) + columns * sizeof(prefetch->column[0]));

	if (prefetch) {
		prefetch->columns = columns;
		prefetch->window = FIRST_WINDOW;
	}
	return prefetch;
}

void column_prefetch_forget_readers(struct column_prefetch *prefetch)
{
	for (size_t i = 0; i < prefetch->columns; i++)
		prefetch->column[i] = (struct column_state){
			.likely = prefetch->column[i].wanted,
		};
	for (size_t i = 0; i < COLUMN_RUNS; i++)
		prefetch->runs[i] = (struct column_run){0};
	prefetch->clock = 0;
	prefetch->window = FIRST_WINDOW;
}

void column_prefetch_inherit(struct column_prefetch *prefetch,
			     const struct column_prefetch *before)
{
	for (size_t i = 0; i < prefetch->columns; i++)
		prefetch->column[i].likely |=
			before->column[i].wanted | before->column[i].likely;
}

/* --- Runs --- */

static struct column_run *oldest(struct column_prefetch *prefetch)
{
	struct column_run *found = &prefetch->runs[0];

	for (size_t i = 1; i < COLUMN_RUNS; i++)
		if (prefetch->runs[i].used < found->used)
			found = &prefetch->runs[i];
	return found;
}

/* The run that the read belongs to, or a new one. The kernel may reorder
   reads. */
static struct column_run *run_of(struct column_prefetch *prefetch,
				 int64_t offset, int64_t end, int64_t window,
				 bool *ret_begun)
{
	struct column_run *run = NULL;

	*ret_begun = false;
	for (size_t i = 0; i < COLUMN_RUNS && !run; i++)
		if (prefetch->runs[i].used &&
		    offset >= prefetch->runs[i].begin &&
		    offset <= prefetch->runs[i].next + window)
			run = &prefetch->runs[i];
	if (!run) {
		*ret_begun = true;
		run = oldest(prefetch);
		*run = (struct column_run){.begin = offset, .chunk = -1};
	}
	if (end > run->next)
		run->next = end;
	run->used = ++prefetch->clock;
	return run;
}

/* --- Chunks --- */

/* The index of the first chunk that ends after `offset`; `count`: none. */
static size_t chunk_after(const struct parquet_footer *footer, int64_t offset)
{
	size_t low = 0, high = footer->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (footer->chunks[middle].end <= offset)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static bool is_expected(const struct column_prefetch *prefetch,
			const struct parquet_chunk *chunk)
{
	const struct column_state *column = &prefetch->column[chunk->column];

	return column->wanted || column->likely;
}

/* Of the chunks that start in the page at `offset`, the one that is read: the
   only one, or the only expected one. NULL: cannot tell. */
static const struct parquet_chunk *chunk_started(
	const struct column_prefetch *prefetch,
	const struct parquet_footer *footer, int64_t offset, int64_t page)
{
	const struct parquet_chunk *any = NULL, *expected = NULL;
	size_t starting = 0, expecting = 0;

	for (size_t i = chunk_after(footer, offset); i < footer->count; i++) {
		const struct parquet_chunk *chunk = &footer->chunks[i];

		if (chunk->start >= offset + page)
			break;
		if (chunk->start < offset)
			continue;
		any = chunk;
		starting++;
		if (is_expected(prefetch, chunk)) {
			expected = chunk;
			expecting++;
		}
	}
	if (starting == 1)
		return any;
	return expecting == 1 ? expected : NULL;
}

/* For a read that continues its run: the chunk that it is in, if the read is
   the program's own. NULL: it may be the kernel's read-ahead. */
static const struct parquet_chunk *chunk_continued(
	struct column_prefetch *prefetch, const struct parquet_footer *footer,
	struct column_run *run, int64_t offset,
	const struct column_kernel *kernel)
{
	const struct parquet_chunk *chunk = parquet_chunk_at(footer, offset);
	const struct parquet_chunk *last =
		run->chunk < 0 ? NULL : parquet_chunk_at(footer, run->chunk);

	if (!chunk || chunk == last || prefetch->column[chunk->column].wanted)
		return chunk;
	/* The run began in a page where several chunks start: it is this one.
	 */
	if (!last && chunk->start < run->begin + kernel->page)
		return chunk;
	/* The kernel reads ahead by up to two windows. */
	if (offset - (last ? last->end : run->begin) < 2 * kernel->window)
		return NULL;
	run->passed += last != NULL;
	return chunk;
}

/* A run that has continued into so many chunks is a scan. */
enum { SCAN_PASSED = 2 };

struct column_read column_prefetch_note(struct column_prefetch *prefetch,
					const struct parquet_footer *footer,
					int64_t offset, int64_t end,
					const struct column_kernel *kernel)
{
	bool begun;
	struct column_run *run =
		run_of(prefetch, offset, end, kernel->window, &begun);
	const struct parquet_chunk *chunk;
	bool first;

	if (begun)
		chunk = chunk_started(prefetch, footer, offset, kernel->page);
	else
		chunk = chunk_continued(prefetch, footer, run, offset, kernel);
	if (run->passed >= SCAN_PASSED)
		return (struct column_read){.kind = COLUMN_SCAN};
	if (!chunk)
		return (struct column_read){.kind = COLUMN_EXACT};
	first = run->chunk != chunk->start;
	run->chunk = chunk->start;
	prefetch->column[chunk->column].wanted = true;
	return (struct column_read){COLUMN_CHUNK, chunk, first};
}

int64_t column_prefetch_kernel_end(const struct parquet_chunk *chunk,
				   const struct column_kernel *kernel)
{
	/* The first page is read alone, for its header. */
	int64_t start =
		chunk->start - chunk->start % kernel->page + kernel->page;
	int64_t windows;

	if (chunk->end <= start)
		return start;
	windows = (chunk->end - start + kernel->window - 1) / kernel->window;
	return start + windows * kernel->window;
}

size_t column_prefetch_next(const struct column_prefetch *prefetch,
			    const struct parquet_footer *footer,
			    const struct column_kernel *kernel, int64_t from,
			    int64_t bytes, int64_t gap,
			    struct column_range ranges[COLUMN_RANGES],
			    int64_t *ret_left)
{
	size_t count = 0;

	const size_t first = chunk_after(footer, from);

	for (size_t i = first;
	     i < footer->count && i - first < LOOK_AT && bytes > 0; i++) {
		const struct parquet_chunk *chunk = &footer->chunks[i];
		struct column_range *last = count ? &ranges[count - 1] : NULL;
		int64_t end = column_prefetch_kernel_end(chunk, kernel);

		if (!prefetch->column[chunk->column].wanted)
			continue;
		if (last && chunk->start - last->end <= gap) {
			last->end = end;
		} else {
			if (count == COLUMN_RANGES)
				break;
			ranges[count++] =
				(struct column_range){chunk->start, end};
		}
		bytes -= end - chunk->start;
	}
	*ret_left = bytes > 0 ? bytes : 0;
	return count;
}
