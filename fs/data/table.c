/* Parts as parquet tables: see table.h. */

#include "table.h"

#include "caifs/minmax.h"
#include "data_internal.h"

#include <stdlib.h>
#include <string.h>

void table_finish(struct table *table)
{
	free(table->footer);
	free(table->plan);
	*table = (struct table){.state = TABLE_NONE};
}

static void fetch_tail(struct data *data, struct data_file *file)
{
	int64_t start = file->size - min64(file->size, DATA_TAIL);

	missing_fetch(data, file, start, file->size, DATA_TAIL * 2, true);
}

void table_note_tail(struct data *data, struct data_file *file)
{
	if (data->no_parquet || file->table.state != TABLE_UNKNOWN)
		return;
	file->table.state =
		file->size > PARQUET_TAIL + 4 ? TABLE_TAIL : TABLE_NONE;
}

/* --- Footers --- */

/* Copies what must all be in memory. */
static bool copy_out(struct data *data, struct data_file *file, int64_t start,
		     int64_t end, char *to)
{
	if (missing_first(data, file, start, end) < end)
		return false;
	while (start < end) {
		struct data_block *block =
			pool_find(&data->pool, file, start / DATA_BLOCK);
		int64_t in_block = start % DATA_BLOCK;
		int64_t run = min64(DATA_BLOCK - in_block, end - start);

		memcpy(to, block->bytes + in_block, (size_t)run);
		to += run;
		start += run;
	}
	return true;
}

static void find_footer(struct data *data, struct data_file *file)
{
	struct table *table = &file->table;
	int64_t max = (int64_t)data->pool.count * DATA_BLOCK / 8;
	char tail[PARQUET_TAIL];

	if (!copy_out(data, file, file->size - PARQUET_TAIL, file->size, tail))
		return;
	if (parquet_footer_place(tail, file->size, &table->footer_start) ||
	    file->size - table->footer_start > max) {
		table->state = TABLE_NONE;
		return;
	}
	table->state = TABLE_FOOTER;
	missing_fetch(data, file, table->footer_start, file->size,
		      fill_longest(data), true);
}

/* Lets go of the lock meanwhile. */
static void decode(struct data *data, struct data_file *file, const char *bytes,
		   size_t size)
{
	struct table *table = &file->table;
	struct parquet_footer *footer = NULL;
	struct plan *plan = NULL;

	table->state = TABLE_DECODING;
	file->handles++; /* it must outlive that */
	pthread_mutex_unlock(&data->lock);
	if (!parquet_footer_decode(bytes, size, file->size, &footer))
		plan = plan_create(footer->columns);
	data_enter(data);
	file->handles--;
	if (!plan) {
		free(footer);
		table->state = TABLE_NONE;
		return;
	}
	table->footer = footer;
	table->plan = plan;
	table->state = TABLE_READY;
}

static void read_footer(struct data *data, struct data_file *file)
{
	int64_t start = file->table.footer_start;
	int64_t end = file->size - PARQUET_TAIL;
	char *bytes;

	if (missing_first(data, file, start, end) < end)
		return;
	bytes = malloc((size_t)(end - start));
	if (bytes && copy_out(data, file, start, end, bytes))
		decode(data, file, bytes, (size_t)(end - start));
	free(bytes);
}

static void take_further(struct data *data, struct data_file *file)
{
	if (file->table.state == TABLE_TAIL)
		find_footer(data, file);
	if (file->table.state == TABLE_FOOTER)
		read_footer(data, file);
}

/* Whoever reads the footer of one part of a directory may read all. */
static void want_followers(struct data *data, struct data_file *file)
{
	file->table.followers_wanted = true;
	for (size_t i = 0; i < DATA_FOLLOWERS; i++) {
		struct data_file *next = data_find(data, file->followers[i]);

		if (!next || next->error || next->table.state != TABLE_UNKNOWN)
			continue;
		table_note_tail(data, next);
		if (next->table.state == TABLE_TAIL)
			fetch_tail(data, next);
	}
}

static void settle_followers(struct data *data, struct data_file *file)
{
	bool waiting = false;

	for (size_t i = 0; i < DATA_FOLLOWERS; i++) {
		struct data_file *next = data_find(data, file->followers[i]);

		if (!next)
			continue;
		take_further(data, next);
		/* It may have gone while the lock was. */
		next = data_find(data, file->followers[i]);
		waiting |= next && (next->table.state == TABLE_TAIL ||
				    next->table.state == TABLE_FOOTER);
	}
	file->table.followers_wanted = waiting;
}

void table_settle(struct data *data, struct data_file *file)
{
	enum table_state before = file->table.state;

	take_further(data, file);
	if (before != TABLE_READY && file->table.state == TABLE_READY)
		want_followers(data, file);
	else if (file->table.followers_wanted)
		settle_followers(data, file);
}

/* --- Reading --- */

void table_forget_readers(struct table *table)
{
	if (table->state != TABLE_READY)
		return;
	plan_forget_readers(table->plan);
	table->chain = 0;
}

/* Queues the wanted chunks from `from` on; what is left of the bytes. */
static int64_t fetch_wanted(struct data *data, struct data_file *file,
			    int64_t from, int64_t bytes)
{
	struct plan_range ranges[PLAN_RANGES];
	size_t count =
		plan_ahead(file->table.plan, file->table.footer, &data->kernel,
			   from, bytes, pace_gap(&data->pace), ranges, &bytes);

	for (size_t i = 0; i < count; i++)
		missing_fetch(data, file, ranges[i].start,
			      min64(ranges[i].end, file->size),
			      fill_longest(data), true);
	return bytes;
}

static bool is_sibling(const struct data_file *file,
		       const struct data_file *other)
{
	return other && !other->error && other->table.state == TABLE_READY &&
	       other->table.footer->schema == file->table.footer->schema;
}

/* The part before it was read for the same column: then so will be the next. */
static void note_chain(struct data *data, struct data_file *file,
		       const struct parquet_chunk *chunk)
{
	struct data_file *before = data_find(data, file->before);
	const struct plan_column *column;

	if (!is_sibling(file, before))
		return;
	column = &before->table.plan->column[chunk->column];
	if ((column->wanted || column->likely) &&
	    file->table.chain <= before->table.chain)
		file->table.chain = before->table.chain + 1;
}

/* The same columns of the parts that follow: of those that are open, and the
   longer the chain already is, of the more that are not yet. */
static void fetch_of_followers(struct data *data, struct data_file *file,
			       int64_t bytes)
{
	const struct plan *plan = file->table.plan;
	size_t unopened = file->table.chain ? 2u << file->table.chain : 0;

	for (size_t i = 0; i < DATA_FOLLOWERS && bytes > 0; i++) {
		struct data_file *next = data_find(data, file->followers[i]);

		if (!is_sibling(file, next) ||
		    (next->handles == 0 && unopened-- == 0))
			return;
		for (size_t c = 0; c < plan->columns; c++)
			next->table.plan->column[c].wanted |=
				plan->column[c].wanted;
		bytes = fetch_wanted(data, next, 0, bytes);
	}
}

struct plan_answer table_note_read(struct data *data, struct data_file *file,
				   int64_t offset, int64_t end)
{
	struct data_file *before = data_find(data, file->before);
	struct plan *plan = file->table.plan;

	if (plan->clock == 0 && is_sibling(file, before))
		plan_inherit(plan, before->table.plan);
	return plan_note(plan, file->table.footer, offset, end, &data->kernel);
}

void table_fetch_ahead(struct data *data, struct data_file *file,
		       const struct parquet_chunk *chunk, int64_t window)
{
	struct plan *plan = file->table.plan;
	int64_t left;

	note_chain(data, file, chunk);
	left = fetch_wanted(data, file, chunk->end,
			    min64(plan->window, window));
	fetch_of_followers(data, file, left);
	if (plan->window < window)
		plan->window *= 2;
}
