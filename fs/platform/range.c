/*
 * A range of a part's bytes: see range.h.
 *
 * Every answer is checked. It must be a 206 that starts at `at`, with the
 * listed file length, or a 200 with the whole file if `at` is 0; not encoded;
 * without bytes beyond the announced ones. After an answer that ends early, the
 * next attempt starts where it ended, so each byte is delivered once.
 */

#include "range.h"

#include "caifs/container.h"
#include "caifs/digits.h"
#include "call.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct range_call {
	struct source_call call;
	struct gateway *gateway;
	struct api_request request;
	struct source_fetch fetch;
	struct buffer path;
	int64_t file_size;
	int64_t at, end; /* bytes still wanted: [at, end) */
	bool longer;	 /* the answer was announced to go on after `end` */
	bool mismatched; /* an answer was for another range */
	int asked;	 /* attempts */
	bool active;
};

/* Moves past `text`. False: `*at` does not begin with it. */
static bool skip(const char **at, const char *text)
{
	size_t length = strlen(text);

	if (strncmp(*at, text, length) != 0)
		return false;
	*at += length;
	return true;
}

int content_range_parse(const char *header, struct content_range *ret_range)
{
	struct content_range r;

	if (!skip(&header, "bytes ") || !digits_read(&header, &r.first) ||
	    !skip(&header, "-") || !digits_read(&header, &r.last) ||
	    !skip(&header, "/") || !digits_read(&header, &r.total) || *header ||
	    r.last < r.first)
		return -EBADMSG;
	*ret_range = r;
	return 0;
}

static struct range_call *range_of(struct api_request *request)
{
	return container_of(request, struct range_call, request);
}

static void on_attempt(struct api_request *request)
{
	struct range_call *r = range_of(request);

	r->asked++;
	snprintf(request->range, sizeof(request->range),
		 "Range: bytes=%" PRId64 "-%" PRId64, r->at, r->end - 1);
}

static int refuse(struct range_call *r, int err, const char *why)
{
	r->request.why = why;
	return err;
}

static int check_206(struct range_call *r, const struct http_head *head)
{
	struct content_range range;

	if (content_range_parse(head->content_range, &range) ||
	    range.first != r->at) {
		/* Retry once; a second time it is the server's habit. */
		r->request.again = !r->mismatched;
		r->mismatched = true;
		return refuse(r, -EIO, "the answer is for another range");
	}
	/* The listed length, which the kernel was given, is wrong. */
	if (range.total != r->file_size)
		return refuse(r, -ESTALE, "the file's length is not as listed");
	r->longer = range.last >= r->end;
	return 0;
}

static int check_200(struct range_call *r, const struct http_head *head)
{
	/* Usable only from the file's start; on_bytes() ends the transfer after
	   the wanted bytes. */
	if (r->at != 0)
		return refuse(r, -EIO,
			      "the answer is the whole file, not the range: "
			      "the server or a proxy does not support ranges");
	if (head->content_length != r->file_size)
		return refuse(r, -EIO, "the file's length is not as listed");
	if (strncasecmp(head->content_type, "application/json", 16) == 0 ||
	    strncasecmp(head->content_type, "text/html", 9) == 0)
		return refuse(r, -EIO, "the answer is JSON or HTML, not bytes");
	r->longer = r->end < r->file_size;
	return 0;
}

static void report_wait(struct range_call *r)
{
	const struct http_exchange *exchange = &r->request.exchange;
	const struct source_wait wait = {
		.retry_ms = exchange->asked_ms - r->request.started_ms,
		.queue_ms = exchange->times.queue_ms,
		.connect_ms = exchange->times.connect_ms,
		.first_byte_ms = exchange->times.first_byte_ms,
		.asked = r->asked,
		.concurrency_limit = gateway_capacity(r->gateway),
	};

	if (r->fetch.answered)
		r->fetch.answered(r->fetch.data, &wait);
}

static int on_head(struct api_request *request, const struct http_head *head)
{
	struct range_call *r = range_of(request);
	int err;

	if (head->content_encoding[0] &&
	    strcasecmp(head->content_encoding, "identity") != 0)
		return refuse(r, -EIO, "the answer has a Content-Encoding");
	if (head->status == 206)
		err = check_206(r, head);
	else if (head->status == 200)
		err = check_200(r, head);
	else
		err = -EIO;
	if (err)
		return err;
	report_wait(r);
	return r->fetch.version ? r->fetch.version(r->fetch.data, head->etag)
				: 0;
}

static int on_bytes(struct api_request *request, const char *bytes, size_t size)
{
	struct range_call *r = range_of(request);
	size_t wanted = (size_t)(r->end - r->at);

	if (size > wanted && !r->longer)
		return -EIO; /* more than announced: use none of them */
	if (size < wanted)
		wanted = size;
	r->fetch.bytes(r->fetch.data, bytes, wanted);
	r->at += (int64_t)wanted;
	request->progress = true;
	/* All wanted bytes are here: end the transfer. */
	return r->at == r->end && r->longer ? -ECANCELED : 0;
}

static int on_complete(struct api_request *request)
{
	struct range_call *r = range_of(request);

	if (r->at == r->end)
		return 0;
	/* Shorter than requested, as announced: request the rest. */
	request->again = true;
	return -EIO;
}

static void on_done(struct api_request *request, int err)
{
	struct range_call *r = range_of(request);

	r->active = false;
	if (r->at == r->end)
		err = 0;
	if (err == -ENOENT || (!err && r->at != r->end))
		err = -ESTALE; /* listed before, but now gone */
	if (request->error.status == 416)
		err = -ESTALE;
	r->fetch.done(r->fetch.data, err);
	call_unref(&r->call);
}

static void begin(struct source_call *call)
{
	struct range_call *r = container_of(call, struct range_call, call);

	r->active = true;
	gateway_start(r->gateway, &r->request);
}

static void cancel(struct source_call *call)
{
	struct range_call *r = container_of(call, struct range_call, call);

	if (r->active)
		gateway_cancel(&r->request);
}

static void promote(struct source_call *call)
{
	struct range_call *r = container_of(call, struct range_call, call);

	if (r->active)
		gateway_promote(&r->request);
}

static void destroy(struct source_call *call)
{
	struct range_call *r = container_of(call, struct range_call, call);

	buffer_finish(&r->path);
	buffer_finish(&r->request.body);
	free(r);
}

int range_fetch(struct gateway *gateway, struct http *http, int timeout_ms,
		const struct source_range *range,
		const struct source_fetch *fetch, struct source_call **ret_call)
{
	static const struct call_kind kind = {
		.begin = begin,
		.cancel = cancel,
		.promote = promote,
		.destroy = destroy,
	};
	static const struct api_request_handlers handlers = {
		.attempt = on_attempt,
		.head = on_head,
		.bytes = on_bytes,
		.complete = on_complete,
		.done = on_done,
	};
	struct range_call *r = calloc(1, sizeof(*r));

	if (!r)
		return -ENOMEM;
	buffer_init(&r->path, 64 * 1024);
	if (buffer_append_text(&r->path, "/data/foundation/export/files/") ||
	    buffer_append_encoded(&r->path, range->file_id) ||
	    buffer_append_text(&r->path, "?path=") ||
	    buffer_append_encoded(&r->path, range->path)) {
		destroy(&r->call);
		return -ENOMEM;
	}
	r->gateway = gateway;
	r->fetch = *fetch;
	r->file_size = range->file_size;
	r->at = range->offset;
	r->end = range->offset + range->size;
	r->request.path = buffer_text(&r->path);
	r->request.priority = range->prefetch ? HTTP_PREFETCH : HTTP_DEMAND;
	r->request.timeout_ms = timeout_ms;
	r->request.on = &handlers;
	*ret_call = &r->call;
	call_start(&r->call, &kind, http);
	return 0;
}
