/* What of a parquet file will be read: see plan.h. */

#include "plan.h"

#include <stdlib.h>

/* A program may look at a few bytes of a chunk; who reads on wants the rest. */
enum { FIRST_WINDOW = 2 * 1024 * 1024 };

struct plan *plan_create(size_t columns)
{
	struct plan *plan =
		calloc(1, sizeof(*plan) + columns * sizeof(plan->column[0]));

	if (plan) {
		plan->columns = columns;
		plan->window = FIRST_WINDOW;
	}
	return plan;
}

void plan_forget_readers(struct plan *plan)
{
	for (size_t i = 0; i < plan->columns; i++)
		plan->column[i] = (struct plan_column){
			.likely = plan->column[i].wanted,
		};
	for (size_t i = 0; i < PLAN_RUNS; i++)
		plan->runs[i] = (struct plan_run){0};
	plan->clock = 0;
	plan->window = FIRST_WINDOW;
}

void plan_inherit(struct plan *plan, const struct plan *before)
{
	for (size_t i = 0; i < plan->columns; i++)
		plan->column[i].likely |=
			before->column[i].wanted | before->column[i].likely;
}

/* --- Runs --- */

static struct plan_run *oldest(struct plan *plan)
{
	struct plan_run *found = &plan->runs[0];

	for (size_t i = 1; i < PLAN_RUNS; i++)
		if (plan->runs[i].used < found->used)
			found = &plan->runs[i];
	return found;
}

/* The run that the read belongs to; a new one when it begins one. Two reads of
   the kernel may change places on their way here. */
static struct plan_run *run_of(struct plan *plan, int64_t offset, int64_t end,
			       int64_t window, bool *ret_begun)
{
	struct plan_run *run = NULL;

	*ret_begun = false;
	for (size_t i = 0; i < PLAN_RUNS && !run; i++)
		if (plan->runs[i].used && offset >= plan->runs[i].begin &&
		    offset <= plan->runs[i].next + window)
			run = &plan->runs[i];
	if (!run) {
		*ret_begun = true;
		run = oldest(plan);
		*run = (struct plan_run){.begin = offset, .chunk = -1};
	}
	if (end > run->next)
		run->next = end;
	run->used = ++plan->clock;
	return run;
}

/* --- Chunks --- */

/* The first chunk that ends after `offset`: its index, `count` for none. */
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

static bool is_expected(const struct plan *plan,
			const struct parquet_chunk *chunk)
{
	const struct plan_column *column = &plan->column[chunk->column];

	return column->wanted || column->likely;
}

/* Of the chunks that start within the page at `offset`, the one that the read
   is for: the only one, or the only one that is expected. */
static const struct parquet_chunk *chunk_started(
	const struct plan *plan, const struct parquet_footer *footer,
	int64_t offset, int64_t page)
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
		if (is_expected(plan, chunk)) {
			expected = chunk;
			expecting++;
		}
	}
	if (starting == 1)
		return any;
	return expecting == 1 ? expected : NULL;
}

/* A read that goes on where the last one ended: the chunk that it is in, if it
   is the program's own. */
static const struct parquet_chunk *chunk_gone_on_in(
	struct plan *plan, const struct parquet_footer *footer,
	struct plan_run *run, int64_t offset, const struct plan_kernel *kernel)
{
	const struct parquet_chunk *chunk = parquet_chunk_at(footer, offset);
	const struct parquet_chunk *last =
		run->chunk < 0 ? NULL : parquet_chunk_at(footer, run->chunk);

	if (!chunk || chunk == last || plan->column[chunk->column].wanted)
		return chunk;
	/* It began in a page where several chunks start: this one, then. */
	if (!last && chunk->start < run->begin + kernel->page)
		return chunk;
	/* The kernel has a window under way, and one more behind it. */
	if (offset - (last ? last->end : run->begin) < 2 * kernel->window)
		return NULL;
	run->passed += last != NULL;
	return chunk;
}

/* What went on from chunk to chunk so often goes through all of them. */
enum { SCAN_PASSED = 2 };

struct plan_answer plan_note(struct plan *plan,
			     const struct parquet_footer *footer,
			     int64_t offset, int64_t end,
			     const struct plan_kernel *kernel)
{
	bool begun;
	struct plan_run *run =
		run_of(plan, offset, end, kernel->window, &begun);
	const struct parquet_chunk *chunk;
	bool first;

	if (begun)
		chunk = chunk_started(plan, footer, offset, kernel->page);
	else
		chunk = chunk_gone_on_in(plan, footer, run, offset, kernel);
	if (run->passed >= SCAN_PASSED)
		return (struct plan_answer){.verdict = PLAN_SCAN};
	if (!chunk)
		return (struct plan_answer){.verdict = PLAN_EXACT};
	first = run->chunk != chunk->start;
	run->chunk = chunk->start;
	plan->column[chunk->column].wanted = true;
	return (struct plan_answer){PLAN_CHUNK, chunk, first};
}

int64_t plan_kernel_end(const struct parquet_chunk *chunk,
			const struct plan_kernel *kernel)
{
	/* The first page comes by itself: its header is looked at first. */
	int64_t start =
		chunk->start - chunk->start % kernel->page + kernel->page;
	int64_t windows;

	if (chunk->end <= start)
		return start;
	windows = (chunk->end - start + kernel->window - 1) / kernel->window;
	return start + windows * kernel->window;
}

size_t plan_ahead(const struct plan *plan, const struct parquet_footer *footer,
		  const struct plan_kernel *kernel, int64_t from, int64_t bytes,
		  int64_t gap, struct plan_range ranges[PLAN_RANGES],
		  int64_t *ret_left)
{
	size_t count = 0;

	for (size_t i = chunk_after(footer, from);
	     i < footer->count && bytes > 0; i++) {
		const struct parquet_chunk *chunk = &footer->chunks[i];
		struct plan_range *last = count ? &ranges[count - 1] : NULL;
		int64_t end = plan_kernel_end(chunk, kernel);

		if (!plan->column[chunk->column].wanted)
			continue;
		if (last && chunk->start - last->end <= gap) {
			last->end = end;
		} else {
			if (count == PLAN_RANGES)
				break;
			ranges[count++] =
				(struct plan_range){chunk->start, end};
		}
		bytes -= end - chunk->start;
	}
	*ret_left = bytes > 0 ? bytes : 0;
	return count;
}
