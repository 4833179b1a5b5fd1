/* What is fetched ahead: see prefetch.h. */

#include "prefetch.h"

#include "caifs/clock.h"
#include "caifs/minmax.h"
#include "data_internal.h"
#include "parquet_state.h"

/* Wants looked at in one call. */
enum { LOOK_AT = 16 };

enum { READ_LATELY_MS = 60 * 1000 };

/* Concurrent readers share all blocks allowed for prefetch: with less,
   connections would idle while the longest ranges are in flight. With too small
   a share, or after a prefetched block was evicted unread, a part gets no
   prefetch: its bytes would be fetched twice. */
static struct readahead_limits limits_of(const struct data *data,
					 const struct data_part *part)
{
	int64_t all = (int64_t)data->pool.max_ahead * DATA_BLOCK;
	int64_t connections = source_capacity(data->source);
	int64_t readers = max64(data->streaming_count, 1) - 1 +
			  readahead_streams(&part->readers->readahead);
	/* Reads under way may be of readers not seen to be sequential yet. */
	int64_t share = all / max64(readers, (int64_t)data->reads.count);

	return (struct readahead_limits){
		.window =
			share < DATA_MAX_READ || part->extents->prefetch_evicted
				? 0
				: share,
		.least_piece =
			max64(READAHEAD_LEAST_PIECE,
			      throughput_estimate_gap(&data->fills.estimate)),
		.piece = fill_longest(&data->fills),
		.pieces = (int)max64(connections / readers, 1),
		.listed = part->listed,
	};
}

/* Counts the parts in a row that were read whole. */
static void note_whole(struct data *data, struct data_part *part)
{
	const struct data_part *before =
		parts_find(&data->parts, part->previous_sibling);

	if (part->whole)
		return;
	part->whole = true;
	part->whole_reads_in_row =
		before && before->whole ? before->whole_reads_in_row + 1 : 0;
}

/* A reader is expected to go on to the next parts if it has listed the
   directory, or has gone on from part to part before. */
static size_t siblings_wanted(const struct data_part *part)
{
	if (part->listed || part->whole_reads_in_row > 1)
		return DATA_SIBLINGS;
	return part->whole_reads_in_row == 1 ? DATA_SIBLINGS / 2 : 0;
}

/* Up to `max` bytes of a part that is not open. */
static void want_sibling(struct data *data, struct data_part *next, int64_t max,
			 int64_t distance,
			 const struct readahead_limits *limits)
{
	int64_t from = next->fetched_ahead;
	int64_t to = next->size;

	if (max < to)
		to = readahead_pieces_end(from, max, distance + from, limits);
	if (from >= to)
		return;
	prefetch_want(&data->wants, next, from, to, distance + from, limits);
	next->fetched_ahead = to;
}

/* The kernel probably still has its pages. */
static bool was_read_lately(const struct data_part *part, int64_t now_ms)
{
	return part->read_ms && now_ms - part->read_ms < READ_LATELY_MS;
}

/* A reader of the whole of `part` is expected to read its siblings. */
static void want_siblings(struct data *data, struct data_part *part,
			  const struct readahead_request *request,
			  const struct readahead_limits *limits)
{
	const int64_t now_ms = clock_now_ms();
	int64_t distance = request->left, left = request->beyond;
	size_t parts;

	note_whole(data, part);
	parts = siblings_wanted(part);
	for (size_t i = 0; i < parts && left > 0; i++) {
		struct data_part *next = parts_find(
			&data->parts, part->readers->next_siblings[i]);

		if (!next || next->error || part_prepare(&data->parts, next))
			return;
		readahead_expect(&next->readers->readahead, request->window);
		/* The reads of an open one decide for themselves. */
		if (next->opens == 0 && !was_read_lately(next, now_ms))
			want_sibling(data, next, left, distance, limits);
		left -= next->size;
		distance += next->size;
	}
}

/* The window of a sequential reader. A read is woken as its bytes arrive, so a
   longer range does not delay it. */
static int64_t note_stream(struct data *data, struct data_part *part,
			   int64_t offset, int64_t end, int64_t missing)
{
	const struct readahead_limits limits = limits_of(data, part);
	struct readahead_request request =
		readahead_note(&part->readers->readahead, offset, end,
			       part->size, missing < end, limits);

	if (request.window > 0 && !part->streaming) {
		part->streaming = true;
		data->streaming_count++;
	}
	prefetch_want(&data->wants, part, request.from, request.to,
		      request.from - (part->size - request.left), &limits);
	if (request.beyond > 0)
		want_siblings(data, part, &request, &limits);
	/* The missing bytes and what is queued behind them share a range. */
	if (request.ahead <= end)
		return end;
	return min64(end + readahead_piece(0, &limits), request.ahead);
}

/* The chunks of a table's columns. False: a scan of the whole file. */
static bool note_columns(struct data *data, struct data_part *part,
			 int64_t offset, int64_t end, int64_t *ret_to)
{
	const int64_t window = limits_of(data, part).window;
	struct column_read answer = parquet_note_read(data, part, offset, end);
	int64_t to;

	*ret_to = end;
	if (answer.kind == COLUMN_SCAN)
		return false;
	if (answer.kind == COLUMN_EXACT)
		return true;
	to = min64(column_prefetch_kernel_end(answer.chunk, &data->kernel),
		   part->size);
	*ret_to = min64(to, end + fill_longest(&data->fills));
	prefetch_want(&data->wants, part, end, min64(to, end + window), 0,
		      NULL);
	if (answer.first)
		parquet_want_columns(data, part, answer.chunk, window);
	return true;
}

int64_t prefetch_note_read(struct data *data, struct data_part *part,
			   int64_t offset, int64_t end, int64_t missing,
			   int64_t *ret_from)
{
	bool from_start =
		readahead_is_from_start(&part->readers->readahead, offset);
	int64_t to;

	*ret_from = missing;
	/* A read of the end may be for a footer. */
	if (offset > 0 && offset >= part->size - DATA_TAIL && !from_start) {
		parquet_note_tail(data, part);
		*ret_from = max64(part->size - DATA_TAIL, 0);
		return part->size;
	}
	switch (from_start ? PARQUET_NONE : part->parquet.state) {
	case PARQUET_AT_TAIL:
	case PARQUET_AT_FOOTER:
	case PARQUET_DECODING:
		/* A reader of the footer will read columns. */
		return end;
	case PARQUET_READY:
		if (note_columns(data, part, offset, end, &to))
			return to;
		break;
	case PARQUET_UNKNOWN:
	case PARQUET_NONE:
		break;
	}
	return note_stream(data, part, offset, end, missing);
}

void prefetch_next(struct data *data, int64_t now_ms)
{
	for (int i = 0; i < LOOK_AT && !data->fills.prefetch.count; i++) {
		struct fill_request request = {
			.prefetch = true,
			.now_ms = now_ms,
		};
		struct fill *fill;

		switch (prefetch_look(&data->wants, &data->fills, &request.part,
				      &request.start, &request.end)) {
		case PREFETCH_FOUND:
			request.extents = request.part->extents;
			if (fill_create(&data->fills, &request, &fill))
				return;
			prefetch_done(&data->wants, &data->parts, fill->end);
			return;
		case PREFETCH_FULL:
			if (!pool_demote_expired(&data->pool, now_ms))
				return;
			break;
		case PREFETCH_NOTHING:
			break;
		case PREFETCH_EMPTY:
		default:
			return;
		}
	}
}
