/*
 * Listings: see listing.h. A listing belongs to the network thread while it
 * waits for an answer, and to the executor while the answer is read. Its fields
 * therefore need no lock.
 */

#include "listing.h"

#include "caifs/array.h"
#include "caifs/container.h"
#include "caifs/log.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static void forget_page(struct listing *l)
{
	for (size_t i = 0; i < l->string_count; i++)
		free(l->strings[i]);
	l->string_count = 0;
	l->record_count = 0;
}

static void finish(struct listing *l, int err)
{
	forget_page(l);
	l->sink.done(l->sink.data, err);
	call_unref(&l->call);
}

/* A service may answer 400, not 404, to an id of a wrong form (undocumented).
   A 400 of the gateway itself has a code and means something else. */
static bool is_misunderstood(const struct listing *l)
{
	const struct api_error *error = &l->request.error;

	return l->request_err == -EIO && error->fault == HTTP_OK &&
	       error->status == 400 && !error->code[0];
}

/* The errno that the caller may see (source.h). */
static int errno_of(const struct listing *l, int step)
{
	switch (step) {
	case -EMSGSIZE:
		log_warning("GET %.*s: the answer exceeds a limit",
			    (int)strcspn(buffer_text(&l->path), "?"),
			    buffer_text(&l->path));
		return -EIO;
	case -EBADMSG:
	case -EINVAL:
		return -EIO;
	default:
		return step;
	}
}

/* Returns a listing_step or a negative errno. */
static int read_answer(struct listing *l)
{
	struct buffer *body = &l->request.body;
	cJSON *root;
	int step;

	if (atomic_load(&l->call.cancel_posted))
		return -ECANCELED;
	if (is_misunderstood(l))
		l->request_err = -EINVAL;
	if (l->request_err == -ENOENT || l->request_err == -EACCES ||
	    l->request_err == -EINVAL)
		return errno_of(l,
				l->protocol->answer(l, NULL, l->request_err));
	if (l->request_err)
		return l->request_err;
	if (l->may_be_empty && body->size == 0)
		return errno_of(l, l->protocol->answer(l, NULL, -ENODATA));
	if (json_parse(buffer_text(body), body->size, &root)) {
		log_warning("GET %.*s: the answer is not JSON, or too large",
			    (int)strcspn(buffer_text(&l->path), "?"),
			    buffer_text(&l->path));
		if (l->unparsed)
			return -EIO;
		l->unparsed = true;
		return LISTING_MORE; /* repeat the request once */
	}
	l->unparsed = false;
	step = l->protocol->answer(l, root, 0);
	cJSON_Delete(root);
	return errno_of(l, step);
}

static void decode(struct job *job)
{
	struct listing *l = container_of(job, struct listing, decode);
	int step = read_answer(l);

	forget_page(l);
	if (step == LISTING_MORE && ++l->requests < LISTING_MAX_REQUESTS)
		http_post(l->call.http, &l->next);
	else if (step == LISTING_MORE)
		finish(l, -EIO);
	else
		finish(l, step);
}

static void on_done(struct api_request *request, int err)
{
	struct listing *l = container_of(request, struct listing, request);

	l->active = false;
	l->request_err = err;
	executor_post(l->decoder, &l->decode);
}

static void ask(struct listing *l)
{
	l->active = true;
	buffer_clear(&l->request.body);
	l->request.path = buffer_text(&l->path);
	gateway_start(l->gateway, &l->request);
}

static void ask_next(struct job *job)
{
	ask(container_of(job, struct listing, next));
}

static void begin(struct source_call *call)
{
	ask(container_of(call, struct listing, call));
}

static void cancel(struct source_call *call)
{
	struct listing *l = container_of(call, struct listing, call);

	if (l->active)
		gateway_cancel(&l->request);
}

static void destroy(struct source_call *call)
{
	struct listing *l = container_of(call, struct listing, call);
	const char *strings[] = {l->query.dataset_id, l->query.name,
				 l->query.batch_id, l->query.batch_key,
				 l->query.batch_alternate_id};

	if (l->state)
		l->protocol->destroy(l);
	for (size_t i = 0; i < sizeof(strings) / sizeof(strings[0]); i++)
		free((void *)(uintptr_t)strings[i]);
	forget_page(l);
	free(l->strings);
	free(l->records);
	buffer_finish(&l->path);
	buffer_finish(&l->request.body);
	free(l);
}

static const char *copy(const char *text, bool *failed)
{
	char *own = strdup(text ? text : "");

	*failed |= !own;
	return own;
}

int listing_start(struct gateway *gateway, struct http *http,
		  struct executor *decoder,
		  const struct platform_config *config,
		  const struct list_protocol *protocol,
		  const struct source_query *query,
		  const struct source_listing *sink,
		  struct source_call **ret_call)
{
	static const struct call_kind kind = {
		.begin = begin,
		.cancel = cancel,
		.destroy = destroy,
	};
	static const struct api_request_handlers handlers = {.done = on_done};
	struct listing *l = calloc(1, sizeof(*l));
	bool failed = false;
	int err;

	if (!l)
		return -ENOMEM;
	l->config = config;
	l->gateway = gateway;
	l->decoder = decoder;
	l->sink = *sink;
	l->protocol = protocol;
	l->query.kind = query->kind;
	l->query.dataset_id = copy(query->dataset_id, &failed);
	l->query.name = copy(query->name, &failed);
	l->query.batch_id = copy(query->batch_id, &failed);
	l->query.batch_key = copy(query->batch_key, &failed);
	l->query.batch_alternate_id = copy(query->batch_alternate_id, &failed);
	l->decode.run = decode;
	l->next.run = ask_next;
	l->request.timeout_ms = config->timeout_ms;
	l->request.body_limit = JSON_MAX_BYTES;
	l->request.on = &handlers;
	buffer_init(&l->path, 64 * 1024);
	err = failed ? -ENOMEM : protocol->first(l);
	if (err < 0) {
		destroy(&l->call);
		return err;
	}
	*ret_call = &l->call;
	call_start(&l->call, &kind, http);
	return 0;
}

int listing_add(struct listing *l, const struct source_record *record)
{
	if (l->record_count >= LISTING_PAGE_MAX)
		return -EMSGSIZE;
	if (!array_grow((void **)&l->records, &l->record_room, l->record_count,
			sizeof(*l->records)))
		return -ENOMEM;
	l->records[l->record_count++] = *record;
	return 0;
}

const char *listing_keep(struct listing *l, struct buffer *text)
{
	char *string;

	if (!array_grow((void **)&l->strings, &l->string_room, l->string_count,
			sizeof(*l->strings)))
		return NULL;
	if (!text->data && buffer_append(text, "", 0))
		return NULL;
	string = buffer_steal(text);
	l->strings[l->string_count++] = string;
	return string;
}

int listing_give(struct listing *l)
{
	int err = 0;

	if (l->record_count)
		err = l->sink.page(l->sink.data, l->records, l->record_count);
	forget_page(l);
	return err;
}

void listing_restart(struct listing *l)
{
	l->sink.restart(l->sink.data);
}
