/* What is fetched ahead: see ahead.h. */

#include "ahead.h"

#include "caifs/minmax.h"
#include "data_internal.h"

/* Those who read at the same time share half of the memory. */
static struct readahead_limits limits_of(const struct data *data)
{
	int64_t half = (int64_t)(data->pool.count / 2) * DATA_BLOCK;
	int64_t readers = max64(data->streaming_count, 1);
	int64_t connections = source_capacity(data->source);

	return (struct readahead_limits){
		.window = half / readers,
		.piece = fill_longest(data),
		.pieces = (int)max64(connections / readers, 1),
	};
}

/* It is read whole: so many of those before it were, too. */
static void note_whole(struct data *data, struct data_file *file)
{
	struct data_file *before = data_find(data, file->before);

	if (file->whole)
		return;
	file->whole = true;
	file->chain = before && before->whole ? before->chain + 1 : 0;
}

/* The reader of the whole of `file` wants some of what follows it: of the next
   part, and of more the longer it has gone on so. */
static void fetch_followers(struct data *data, struct data_file *file,
			    const struct readahead_wish *wish)
{
	int64_t left = wish->beyond;
	size_t parts;

	note_whole(data, file);
	parts = file->chain < 2 ? 1u << 2 * file->chain : DATA_FOLLOWERS;
	for (size_t i = 0; i < parts && left > 0; i++) {
		struct data_file *next = data_find(data, file->followers[i]);
		int64_t to;

		if (!next || next->error)
			return;
		readahead_expect(&next->readahead, wish->window);
		to = min64(left, next->size);
		left -= next->size;
		if (next->handles > 0)
			continue; /* its own readers see to it */
		/* Not a sliver with each read. */
		if (to > next->fetched_ahead + wish->piece ||
		    (to == next->size && to > next->fetched_ahead)) {
			missing_fetch(data, next, next->fetched_ahead, to,
				      wish->piece, true);
			next->fetched_ahead = to;
		}
	}
}

/* What a read waits for, and what is best fetched with it: bytes are handed out
   as they arrive, so a longer range costs whoever waits nothing. */
static int fetch_demand(struct data *data, struct data_file *file,
			int64_t missing, int64_t end, int64_t to)
{
	if (missing == end)
		return 0;
	return missing_fetch(data, file, missing, to > end ? to : end,
			     fill_longest(data), false);
}

/* The window of a sequential reader. */
static int note_stream(struct data *data, struct data_file *file,
		       int64_t offset, int64_t end, int64_t missing)
{
	struct readahead_wish wish =
		readahead_note(&file->readahead, offset, end, file->size,
			       missing < end, limits_of(data));
	int64_t to = end;
	int err;

	if (wish.window > 0 && !file->streaming) {
		file->streaming = true;
		data->streaming_count++;
	}
	if (wish.from == end)
		to = min64(end + wish.piece, wish.to);
	err = fetch_demand(data, file, missing, end, to);
	if (wish.to > wish.from)
		missing_fetch(data, file, wish.from, wish.to, wish.piece, true);
	if (wish.beyond > 0)
		fetch_followers(data, file, &wish);
	return err;
}

/* Whoever reads the end may be after a footer. */
static int note_tail(struct data *data, struct data_file *file, int64_t end,
		     int64_t missing)
{
	int64_t start = file->size - TABLE_TAIL_BYTES;

	table_note_tail(data, file);
	return fetch_demand(
		data, file,
		missing < end ? min64(missing, start > 0 ? start : 0) : end,
		end, file->size);
}

/* The chunks of a table's columns. False: it is read by one who reads all. */
static bool note_table(struct data *data, struct data_file *file,
		       int64_t offset, int64_t end, int64_t missing,
		       int *ret_err)
{
	const int64_t window = limits_of(data).window;
	struct plan_answer answer = table_note_read(data, file, offset, end);
	int64_t to;

	if (answer.verdict == PLAN_SCAN)
		return false;
	if (answer.verdict == PLAN_EXACT) {
		*ret_err = fetch_demand(data, file, missing, end, end);
		return true;
	}
	to = min64(plan_kernel_end(answer.chunk, &data->kernel), file->size);
	*ret_err = fetch_demand(data, file, missing, end,
				min64(to, end + fill_longest(data)));
	missing_fetch(data, file, end, min64(to, end + window),
		      fill_longest(data), true);
	if (answer.first)
		table_fetch_ahead(data, file, answer.chunk, window);
	return true;
}

int ahead_note_read(struct data *data, struct data_file *file, int64_t offset,
		    int64_t end, int64_t missing)
{
	bool from_start = readahead_is_from_start(&file->readahead, offset);
	int err = 0;

	if (offset > 0 && offset >= file->size - TABLE_TAIL_BYTES &&
	    !from_start)
		return note_tail(data, file, end, missing);
	switch (from_start ? TABLE_NONE : file->table.state) {
	case TABLE_TAIL:
	case TABLE_FOOTER:
	case TABLE_DECODING:
		/* Whoever reads that will read by the column. */
		return fetch_demand(data, file, missing, end, end);
	case TABLE_READY:
		if (note_table(data, file, offset, end, missing, &err))
			return err;
		break;
	case TABLE_UNKNOWN:
	case TABLE_NONE:
		break;
	}
	return note_stream(data, file, offset, end, missing);
}
