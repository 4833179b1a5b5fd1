/* Parts as parquet tables: see parquet_state.h. */

#include "parquet_state.h"

#include "caifs/minmax.h"
#include "data_internal.h"

#include <stdlib.h>
#include <string.h>

/* A table with more gets no prefetch: it would hold the lock too long. */
enum { MAX_COLUMNS = 16 * 1024 };

static void want_tail(struct data *data, struct data_part *part)
{
	int64_t start = part->size - min64(part->size, DATA_TAIL);

	prefetch_want(&data->wants, part, start, part->size, 0, NULL);
}

void parquet_note_tail(struct data *data, struct data_part *part)
{
	if (data->no_parquet || part->parquet.state != PARQUET_UNKNOWN)
		return;
	part->parquet.state =
		part->size > PARQUET_TAIL + 4 ? PARQUET_AT_TAIL : PARQUET_NONE;
}

/* --- Footers --- */

static bool is_present(const struct data_part *part, int64_t start, int64_t end)
{
	return part->extents &&
	       extents_run(part->extents, start, end, EXTENTS_PRESENT) == end;
}

/* False: not all of it is in memory. */
static bool copy_out(const struct data *data, const struct data_part *part,
		     int64_t start, int64_t end, char *to)
{
	if (!is_present(part, start, end))
		return false;
	while (start < end) {
		const struct block *block =
			extents_block(part->extents, start / DATA_BLOCK);
		int64_t in_block = start % DATA_BLOCK;
		int64_t run = min64(DATA_BLOCK - in_block, end - start);

		memcpy(to, pool_bytes(&data->pool, block) + in_block,
		       (size_t)run);
		to += run;
		start += run;
	}
	return true;
}

static void find_footer(struct data *data, struct data_part *part)
{
	struct parquet_state *parquet = &part->parquet;
	int64_t max = (int64_t)data->pool.count * DATA_BLOCK / 8;
	char tail[PARQUET_TAIL];

	if (!copy_out(data, part, part->size - PARQUET_TAIL, part->size, tail))
		return;
	if (parquet_footer_place(tail, part->size, &parquet->footer_start) ||
	    part->size - parquet->footer_start > max) {
		parquet->state = PARQUET_NONE;
		return;
	}
	parquet->state = PARQUET_AT_FOOTER;
	prefetch_want(&data->wants, part, parquet->footer_start, part->size, 0,
		      NULL);
}

/* Drops the lock while it decodes. */
static void decode(struct data *data, struct data_part *part, const char *bytes,
		   size_t size)
{
	struct parquet_state *parquet = &part->parquet;
	struct parquet_footer *footer = NULL;
	struct column_prefetch *columns = NULL;
	const int64_t file_size = part->size;

	parquet->state = PARQUET_DECODING;
	part->references++;
	data_unlock(data);
	if (!parquet_footer_decode(bytes, size, file_size, &footer) &&
	    footer->columns <= MAX_COLUMNS)
		columns = column_prefetch_create(footer->columns);
	data_lock(data);
	if (columns && !part->error) {
		parquet->footer = footer;
		parquet->columns = columns;
		parquet->state = PARQUET_READY;
		part_keep_footer(&data->parts, part);
	} else {
		free(footer);
		free(columns);
		parquet->state = PARQUET_NONE;
	}
	parts_unref(&data->parts, part);
}

static void read_footer(struct data *data, struct data_part *part)
{
	int64_t start = part->parquet.footer_start;
	int64_t end = part->size - PARQUET_TAIL;
	char *bytes;

	if (!is_present(part, start, end))
		return;
	bytes = malloc((size_t)(end - start));
	if (bytes && copy_out(data, part, start, end, bytes))
		decode(data, part, bytes, (size_t)(end - start));
	free(bytes);
}

static void advance(struct data *data, struct data_part *part)
{
	if (part->parquet.state == PARQUET_AT_TAIL)
		find_footer(data, part);
	if (part->parquet.state == PARQUET_AT_FOOTER)
		read_footer(data, part);
}

static struct data_part *sibling(const struct data *data,
				 const struct data_part *part, size_t which)
{
	struct data_part *next =
		part->readers ? parts_find(&data->parts,
					   part->readers->next_siblings[which])
			      : NULL;

	return next && !next->error ? next : NULL;
}

/* A query that reads one part's footer is likely to read its siblings'. */
static void want_siblings(struct data *data, struct data_part *part)
{
	part->parquet.siblings_wanted = true;
	for (size_t i = 0; i < DATA_SIBLINGS; i++) {
		struct data_part *next = sibling(data, part, i);

		if (!next || next->parquet.state != PARQUET_UNKNOWN)
			continue;
		parquet_note_tail(data, next);
		if (next->parquet.state == PARQUET_AT_TAIL)
			want_tail(data, next);
	}
}

static void advance_siblings(struct data *data, struct data_part *part)
{
	bool waiting = false;

	for (size_t i = 0; i < DATA_SIBLINGS; i++) {
		struct data_part *next = sibling(data, part, i);

		if (!next)
			continue;
		advance(data, next);
		/* advance() may have dropped the lock: find it again. */
		next = sibling(data, part, i);
		waiting |= next && (next->parquet.state == PARQUET_AT_TAIL ||
				    next->parquet.state == PARQUET_AT_FOOTER);
	}
	part->parquet.siblings_wanted = waiting;
}

void parquet_advance(struct data *data, struct data_part *part)
{
	enum parquet_progress before = part->parquet.state;

	advance(data, part);
	if (before != PARQUET_READY && part->parquet.state == PARQUET_READY)
		want_siblings(data, part);
	else if (part->parquet.siblings_wanted)
		advance_siblings(data, part);
}

/* --- Reading --- */

/* Queues the wanted chunks from `from` on; returns the bytes left. */
static int64_t want_chunks(struct data *data, struct data_part *part,
			   int64_t from, int64_t bytes)
{
	struct column_range ranges[COLUMN_RANGES];
	size_t count = column_prefetch_next(
		part->parquet.columns, part->parquet.footer, &data->kernel,
		from, bytes, throughput_estimate_gap(&data->fills.estimate),
		ranges, &bytes);

	for (size_t i = 0; i < count; i++)
		prefetch_want(&data->wants, part, ranges[i].start,
			      ranges[i].end, 0, NULL);
	return bytes;
}

static bool has_same_schema(const struct data_part *part,
			    const struct data_part *other)
{
	return other && !other->error &&
	       other->parquet.state == PARQUET_READY &&
	       other->parquet.footer->schema == part->parquet.footer->schema;
}

static struct data_part *previous(const struct data *data,
				  const struct data_part *part)
{
	return parts_find(&data->parts, part->previous_sibling);
}

/* Counts the parts in a row that were read for the same column. */
static void note_in_row(struct data *data, struct data_part *part,
			const struct parquet_chunk *chunk)
{
	const struct data_part *before = previous(data, part);
	const struct column_state *column;

	if (!has_same_schema(part, before))
		return;
	column = &before->parquet.columns->column[chunk->column];
	if ((column->wanted || column->likely) &&
	    part->parquet.siblings_in_row <= before->parquet.siblings_in_row)
		part->parquet.siblings_in_row =
			before->parquet.siblings_in_row + 1;
}

/* The same columns of the siblings: of open ones, and of unopened ones the
   more, the more parts in a row were read so. */
static void want_of_siblings(struct data *data, struct data_part *part,
			     int64_t bytes)
{
	const struct column_prefetch *columns = part->parquet.columns;
	const unsigned in_row = part->parquet.siblings_in_row;
	size_t unopened =
		in_row ? in_row < DATA_SIBLINGS ? 2u << in_row : DATA_SIBLINGS
		       : 0;

	for (size_t i = 0; i < DATA_SIBLINGS && bytes > 0; i++) {
		struct data_part *next = sibling(data, part, i);

		if (!next || !has_same_schema(part, next) ||
		    (next->opens == 0 && unopened-- == 0))
			return;
		for (size_t c = 0; c < columns->columns; c++)
			next->parquet.columns->column[c].wanted |=
				columns->column[c].wanted;
		bytes = want_chunks(data, next, 0, bytes);
	}
}

struct column_read parquet_note_read(struct data *data, struct data_part *part,
				     int64_t offset, int64_t end)
{
	const struct data_part *before = previous(data, part);
	struct column_prefetch *columns = part->parquet.columns;

	if (columns->clock == 0 && has_same_schema(part, before))
		column_prefetch_inherit(columns, before->parquet.columns);
	return column_prefetch_note(columns, part->parquet.footer, offset, end,
				    &data->kernel);
}

void parquet_want_columns(struct data *data, struct data_part *part,
			  const struct parquet_chunk *chunk, int64_t window)
{
	struct column_prefetch *columns = part->parquet.columns;
	int64_t left;

	note_in_row(data, part, chunk);
	left = want_chunks(data, part, chunk->end,
			   min64(columns->window, window));
	want_of_siblings(data, part, left);
	if (columns->window < window)
		columns->window *= 2;
}
