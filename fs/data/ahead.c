/* What is fetched ahead: see ahead.h. */

#include "ahead.h"

#include "caifs/minmax.h"
#include "data_internal.h"

/* Those who read at the same time share what may be fetched ahead (pool.h):
   less would leave connections idle while the longest ranges are on their way.
 */
static struct readahead_limits limits_of(const struct data *data,
					 const struct data_file *file)
{
	int64_t all = (int64_t)pool_most_ahead(&data->pool) * DATA_BLOCK;
	int64_t readers = max64(data->streaming_count, 1);
	int64_t connections = source_capacity(data->source);

	return (struct readahead_limits){
		.window = all / readers,
		.least_piece =
			max64(READAHEAD_LEAST_PIECE, pace_gap(&data->pace)),
		.piece = fill_longest(data),
		.pieces = (int)max64(connections / readers, 1),
		.walked = file->walked,
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

/* A reader of one part is no reader of the next, unless he has listed them or
   has gone on from one to another before. */
static size_t followers_wanted(const struct data_file *file)
{
	if (file->walked || file->chain > 1)
		return DATA_FOLLOWERS;
	return file->chain == 1 ? DATA_FOLLOWERS / 2 : 0;
}

/* Queues [from, to), of which `from` is `distance` bytes after the read. */
static void fetch_pieces(struct data *data, struct data_file *file,
			 int64_t from, int64_t to, int64_t distance,
			 const struct readahead_limits *limits)
{
	while (from < to) {
		int64_t piece = readahead_piece(distance, limits);

		missing_fetch(data, file, from, min64(from + piece, to), piece,
			      true);
		from += piece;
		distance += piece;
	}
}

/* `max` bytes of a part that is not being read yet. */
static void fetch_follower(struct data *data, struct data_file *file,
			   int64_t max, int64_t distance,
			   const struct readahead_limits *limits)
{
	int64_t from = file->fetched_ahead;
	int64_t to = file->size;

	if (max < to)
		to = readahead_pieces_end(from, max, distance + from, limits);
	if (from >= to)
		return;
	fetch_pieces(data, file, from, to, distance + from, limits);
	file->fetched_ahead = to;
}

/* The reader of the whole of `file` wants some of what follows it. */
static void fetch_followers(struct data *data, struct data_file *file,
			    const struct readahead_wish *wish,
			    const struct readahead_limits *limits)
{
	int64_t distance = wish->left, left = wish->beyond;
	size_t parts;

	note_whole(data, file);
	parts = followers_wanted(file);
	for (size_t i = 0; i < parts && left > 0; i++) {
		struct data_file *next = data_find(data, file->followers[i]);

		if (!next || next->error)
			return;
		readahead_expect(&next->readahead, wish->window);
		/* One that is open has its own readers to see to it. */
		if (next->handles == 0)
			fetch_follower(data, next, left, distance, limits);
		left -= next->size;
		distance += next->size;
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
	const struct readahead_limits limits = limits_of(data, file);
	struct readahead_wish wish =
		readahead_note(&file->readahead, offset, end, file->size,
			       missing < end, limits);
	int64_t to = end;
	int err;

	if (wish.window > 0 && !file->streaming) {
		file->streaming = true;
		data->streaming_count++;
	}
	if (wish.from == end)
		to = min64(end + readahead_piece(0, &limits), wish.to);
	err = fetch_demand(data, file, missing, end, to);
	fetch_pieces(data, file, wish.from, wish.to,
		     wish.from - (file->size - wish.left), &limits);
	if (wish.beyond > 0)
		fetch_followers(data, file, &wish, &limits);
	return err;
}

/* Whoever reads the end may be after a footer. */
static int note_tail(struct data *data, struct data_file *file, int64_t end,
		     int64_t missing)
{
	int64_t start = file->size - DATA_TAIL;

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
	const int64_t window = limits_of(data, file).window;
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

	if (offset > 0 && offset >= file->size - DATA_TAIL && !from_start)
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
