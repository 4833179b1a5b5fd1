/* What is fetched ahead: see ahead.h. */

#include "ahead.h"

#include "data_internal.h"

static int64_t min64(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* Those who read at the same time share half of the memory. */
static struct readahead_limits limits_of(const struct data *data)
{
	int64_t half = (int64_t)(data->pool.count / 2) * DATA_BLOCK;
	int64_t readers = data->streaming_count;

	return (struct readahead_limits){
		.window = readers > 1 ? half / readers : half,
		.piece = fill_longest(data),
	};
}

/* The reader of the whole of `file` wants `bytes` of what follows it. */
static void fetch_followers(struct data *data, const struct data_file *file,
			    const struct readahead_wish *wish)
{
	int64_t left = wish->beyond;

	for (size_t i = 0; i < DATA_FOLLOWERS && left > 0; i++) {
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
			fill_missing(data, next, next->fetched_ahead, to,
				     wish->piece, true);
			next->fetched_ahead = to;
		}
	}
}

void ahead_note_read(struct data *data, struct data_file *file, int64_t offset,
		     int64_t end, bool stalled, int64_t *ret_demand)
{
	struct readahead_wish wish =
		readahead_note(&file->readahead, offset, end, file->size,
			       stalled, limits_of(data));

	*ret_demand = end;
	if (wish.window > 0 && !file->streaming) {
		file->streaming = true;
		data->streaming_count++;
	}
	if (wish.from == end && wish.to > wish.from && stalled) {
		/* One range for what is waited for and what comes after it:
		   bytes are handed out as they arrive. */
		*ret_demand = min64(end + wish.piece, wish.to);
		wish.from = *ret_demand;
	}
	if (wish.to > wish.from)
		fill_missing(data, file, wish.from, wish.to, wish.piece, true);
	if (wish.beyond > 0)
		fetch_followers(data, file, &wish);
}
