/* What to fetch ahead: see readahead.h. */

#include "readahead.h"

#include "caifs/minmax.h"

#include <stddef.h>

static bool reads_whole(const struct readahead *readahead,
			const struct readahead_stream *s)
{
	return s->begin == 0 &&
	       (s->next >= READAHEAD_WHOLE || readahead->expected);
}

/* The index of the stream that continues at `offset`, or -1. */
static int find_stream(const struct readahead *readahead, int64_t offset)
{
	for (int i = 0; i < READAHEAD_STREAMS; i++) {
		const struct readahead_stream *s = &readahead->streams[i];
		int64_t tolerance = s->window ? READAHEAD_TOLERANCE
					      : READAHEAD_YOUNG_TOLERANCE;

		if (s->used && offset <= s->next + tolerance &&
		    offset >= s->next - tolerance)
			return i;
	}
	return -1;
}

static struct readahead_stream *oldest(struct readahead *readahead)
{
	struct readahead_stream *found = &readahead->streams[0];

	for (size_t i = 1; i < READAHEAD_STREAMS; i++)
		if (readahead->streams[i].used < found->used)
			found = &readahead->streams[i];
	return found;
}

/* A first read sets no window, except at the file's start, where sequential
   readers begin. */
static void begin_stream(struct readahead *readahead,
			 struct readahead_stream *s, int64_t offset,
			 int64_t end)
{
	*s = (struct readahead_stream){
		.begin = offset,
		.next = end,
		.ahead = end,
	};
	if (offset == 0)
		s->window = max64(READAHEAD_FIRST_WINDOW, readahead->expected);
}

static void note_progress(struct readahead_stream *s, int64_t end, bool stalled)
{
	if (end <= s->next) /* reordered */
		return;
	if (s->window == 0)
		s->window = READAHEAD_FIRST_WINDOW;
	else if (stalled)
		s->window *= 2;
	s->next = end;
}

/* Whole blocks, so that two ranges seldom meet within one. */
int64_t readahead_piece(int64_t distance, const struct readahead_limits *limits)
{
	int64_t piece = max64(distance / limits->pieces, limits->least_piece);

	piece -= piece % READAHEAD_LEAST_PIECE;
	return max64(min64(min64(piece, limits->window), limits->piece), 1);
}

int64_t readahead_pieces_end(int64_t from, int64_t to, int64_t distance,
			     const struct readahead_limits *limits)
{
	int64_t end = from;

	for (;;) {
		int64_t piece = readahead_piece(distance + end - from, limits);

		if (piece > to - end)
			return end;
		end += piece;
	}
}

struct readahead_request readahead_note(struct readahead *readahead,
					int64_t offset, int64_t end,
					int64_t file_size, bool stalled,
					struct readahead_limits limits)
{
	int known = find_stream(readahead, offset);
	struct readahead_stream *s;
	struct readahead_request request = {0};
	int64_t from, to, window;
	bool whole;

	if (known >= 0) {
		s = &readahead->streams[known];
		note_progress(s, end, stalled);
	} else {
		s = oldest(readahead);
		begin_stream(readahead, s, offset, end);
	}
	s->used = ++readahead->clock;
	s->window = min64(s->window, limits.window);
	if (s->window == 0)
		return request;

	request.window = s->window;
	request.left = max64(file_size - s->next, 0);
	whole = reads_whole(readahead, s);
	window = whole && limits.listed ? limits.window : s->window;
	if (whole)
		request.beyond = max64(window - request.left, 0);
	from = max64(s->ahead, s->next);
	to = min64(s->next + window, file_size);
	if (to != file_size)
		to = readahead_pieces_end(from, to, from - s->next, &limits);
	request.ahead = s->ahead;
	if (from >= to)
		return request;
	s->ahead = request.ahead = to;
	request.from = from;
	request.to = to;
	return request;
}

void readahead_expect(struct readahead *readahead, int64_t window)
{
	readahead->expected = window;
}

int64_t readahead_passed(const struct readahead *readahead, int64_t offset)
{
	for (int i = 0; i < READAHEAD_STREAMS; i++) {
		const struct readahead_stream *s = &readahead->streams[i];

		if (s->window > 0 && offset >= s->begin && offset < s->next)
			offset = s->next;
	}
	return offset;
}

int readahead_streams(const struct readahead *readahead)
{
	int count = 0;

	for (int i = 0; i < READAHEAD_STREAMS; i++)
		count += readahead->streams[i].window > 0;
	return count > 1 ? count : 1;
}

bool readahead_is_from_start(const struct readahead *readahead, int64_t offset)
{
	int known = find_stream(readahead, offset);

	return known >= 0 && readahead->streams[known].begin == 0;
}
