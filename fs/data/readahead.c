/* What to fetch ahead: see readahead.h. */

#include "readahead.h"

#include <stddef.h>

static int64_t min64(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static struct readahead_stream *stream_at(struct readahead *readahead,
					  int64_t offset)
{
	for (size_t i = 0; i < READAHEAD_STREAMS; i++) {
		struct readahead_stream *s = &readahead->streams[i];

		if (s->used && offset <= s->next + READAHEAD_TOLERANCE &&
		    offset >= s->next - READAHEAD_TOLERANCE)
			return s;
	}
	return NULL;
}

static struct readahead_stream *oldest(struct readahead *readahead)
{
	struct readahead_stream *found = &readahead->streams[0];

	for (size_t i = 1; i < READAHEAD_STREAMS; i++)
		if (readahead->streams[i].used < found->used)
			found = &readahead->streams[i];
	return found;
}

bool readahead_note(struct readahead *readahead, int64_t offset, int64_t end,
		    int64_t file_size, bool stalled, int64_t most,
		    int64_t *ret_from, int64_t *ret_to)
{
	struct readahead_stream *s = stream_at(readahead, offset);
	int64_t from, to;

	readahead->clock++;
	if (!s) {
		/* A first read here: of no consequence, unless it is of the
		   file's start, which is where sequential readers begin. */
		s = oldest(readahead);
		*s = (struct readahead_stream){
			.next = end,
			.ahead = end,
			.used = readahead->clock,
			.window = offset == 0 ? READAHEAD_FIRST_WINDOW : 0,
		};
	} else {
		s->used = readahead->clock;
		if (end <= s->next) /* a straggler */
			return false;
		if (s->window == 0)
			s->window = READAHEAD_FIRST_WINDOW;
		else if (stalled)
			s->window *= 2;
		s->next = end;
	}
	s->window = min64(s->window, most);
	if (s->window == 0)
		return false;

	from = s->ahead > s->next ? s->ahead : s->next;
	to = min64(s->next + s->window, file_size);
	/* In runs of half a window, not a sliver with each read. */
	if (to - from < s->window / 2 && to != file_size)
		return false;
	if (from >= to)
		return false;
	s->ahead = to;
	*ret_from = from;
	*ret_to = to;
	return true;
}
