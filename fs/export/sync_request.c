/* Synchronous requests of a command: see sync_request.h. */

#include "sync_request.h"

#include "caifs/clock.h"
#include "caifs/container.h"
#include "caifs/gateway_write.h"
#include "caifs/latch.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
	SLICE_MS = 100,
	/* The Date header has whole seconds, and the clocks of the platform's
	   machines differ. */
	CLOCK_SLACK_MS = 3000,
	FIRST_PAUSE_MS = 1000,
};

/* On the caller's stack until `done` opens and, if `cancel` was posted,
   `cancel_ran` too. */
struct sync_request {
	struct gateway *gateway;
	struct api_request request;
	enum http_method method;
	struct buffer text; /* of a POST */
	struct job begin, cancel;
	bool active; /* network thread */
	struct latch done, cancel_ran;
	int err;
};

/* --- Network thread --- */

static void on_done(struct api_request *request, int err)
{
	struct sync_request *r =
		container_of(request, struct sync_request, request);

	r->active = false;
	r->err = err;
	latch_open(&r->done);
}

static void begin(struct job *job)
{
	struct sync_request *r = container_of(job, struct sync_request, begin);

	r->active = true;
	switch (r->method) {
	case HTTP_GET:
		gateway_start(r->gateway, &r->request);
		break;
	case HTTP_POST:
		gateway_post(r->gateway, &r->request, buffer_text(&r->text),
			     r->text.size);
		break;
	case HTTP_DELETE:
		gateway_delete(r->gateway, &r->request);
		break;
	}
}

static void cancel(struct job *job)
{
	struct sync_request *r = container_of(job, struct sync_request, cancel);

	if (r->active)
		gateway_cancel(&r->request);
	latch_open(&r->cancel_ran);
}

/* --- The caller's thread --- */

static bool is_stopped(const struct export *export)
{
	return export->config.stop && export->config.stop(export->config.data);
}

/* Ends: the gateway ends every request at its deadline. */
static void wait_for(struct export *export, struct sync_request *r)
{
	while (!latch_wait(&r->done, SLICE_MS)) {
		if (r->method != HTTP_GET || !is_stopped(export))
			continue;
		http_post(export->config.http, &r->cancel);
		while (!latch_wait(&r->cancel_ran, SLICE_MS))
			;
		while (!latch_wait(&r->done, SLICE_MS))
			;
		return;
	}
}

static int explain(struct export *export, const struct sync_request *r)
{
	char why[320];

	if (r->err == -ECANCELED)
		return sync_request_fail(export, -EINTR, "stopped");
	if (r->err == -ENOMEM || r->err == -EROFS)
		return sync_request_fail(export, r->err, "%s",
					 strerror(-r->err));
	api_error_explain(&r->request.error, why, sizeof(why));
	return sync_request_fail(export, r->err, "%s", why);
}

static int read_answer(struct export *export, const struct sync_request *r,
		       cJSON **ret_root)
{
	const struct buffer *body = &r->request.body;
	int err = json_parse(buffer_text(body), body->size, ret_root);

	if (!err)
		return 0;
	/* What the POST did is not known. */
	export->uncertain = r->method == HTTP_POST;
	return sync_request_fail(
		export, err, "the answer of %.*s is not JSON, or too large",
		(int)strcspn(r->request.path, "?"), r->request.path);
}

static int ask(struct export *export, struct sync_request *r, const char *path,
	       cJSON **ret_root)
{
	static const struct api_request_handlers handlers = {.done = on_done};
	int err;

	export->uncertain = false;
	if (r->method == HTTP_GET && is_stopped(export))
		return sync_request_fail(export, -EINTR, "stopped");
	r->gateway = export->config.gateway;
	r->request.path = path;
	r->request.timeout_ms = export->config.timeout_ms;
	r->request.body_limit = JSON_MAX_BYTES;
	r->request.on = &handlers;
	r->begin.run = begin;
	r->cancel.run = cancel;
	latch_init(&r->done);
	latch_init(&r->cancel_ran);
	http_post(export->config.http, &r->begin);
	wait_for(export, r);
	export->uncertain = r->request.uncertain;
	err = r->err ? explain(export, r) : read_answer(export, r, ret_root);
	buffer_finish(&r->request.body);
	latch_finish(&r->cancel_ran);
	latch_finish(&r->done);
	return err;
}

int sync_request_get(struct export *export, const char *path, cJSON **ret_root)
{
	struct sync_request r = {.method = HTTP_GET};

	return ask(export, &r, path, ret_root);
}

int sync_request_delete(struct export *export, const char *path,
			cJSON **ret_root)
{
	struct sync_request r = {.method = HTTP_DELETE};

	return ask(export, &r, path, ret_root);
}

int sync_request_post(struct export *export, const char *path,
		      const cJSON *body, cJSON **ret_root)
{
	struct sync_request r = {.method = HTTP_POST};
	char *text = cJSON_PrintUnformatted(body);
	int err;

	buffer_init(&r.text, JSON_MAX_BYTES);
	err = text ? buffer_append_text(&r.text, text) : -ENOMEM;
	cJSON_free(text);
	if (err)
		err = sync_request_fail(export, err, "%s", strerror(-err));
	else
		err = ask(export, &r, path, ret_root);
	buffer_finish(&r.text);
	return err;
}

bool sync_request_pause(struct export *export, int64_t ms)
{
	int64_t until_ms = clock_now_ms() + ms, left_ms;
	struct timespec slice = {0};

	while ((left_ms = until_ms - clock_now_ms()) > 0) {
		if (is_stopped(export))
			return false;
		slice.tv_nsec =
			(left_ms < SLICE_MS ? left_ms : SLICE_MS) * 1000000;
		nanosleep(&slice, NULL); /* a signal may end it early */
	}
	return !is_stopped(export);
}

int64_t sync_request_now_ms(const struct export *export)
{
	return clock_wall_ms() - CLOCK_SLACK_MS +
	       gateway_clock_offset_ms(export->config.gateway);
}

int sync_request_find_lost(struct export *export, const char *noun,
			   int (*look)(void *data, int *ret_count), void *data)
{
	int64_t end_ms = clock_now_ms() + export->config.timeout_ms;
	int64_t pause_ms = FIRST_PAUSE_MS;
	char why[300];
	int count = 0, err;

	snprintf(why, sizeof(why), "%.299s", export->why);
	/* The platform may still be carrying it out. */
	while (!(err = look(data, &count)) && count == 0 &&
	       clock_now_ms() + pause_ms < end_ms &&
	       sync_request_pause(export, pause_ms))
		pause_ms *= 2;
	if (!err && count == 1)
		return 0;
	if (err)
		return sync_request_fail(
			export, -EINPROGRESS,
			"%s; it is not known whether the %s was made: looking "
			"for it failed",
			why, noun);
	if (count)
		return sync_request_fail(
			export, -EINPROGRESS,
			"%s; it is not known which %s was made: %d match", why,
			noun, count);
	return sync_request_fail(
		export, -EINPROGRESS,
		"%s; no matching %s was found, but it may still appear", why,
		noun);
}

int sync_request_fail(struct export *export, int err, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(export->why, sizeof(export->why), format, args);
	va_end(args);
	for (char *c = export->why; *c; c++)
		if ((unsigned char)*c < ' ' || *c == 0x7f)
			*c = '?'; /* a server's text may be in it */
	return err;
}

/* --- export.h --- */

int export_open(const struct export_config *config, struct export **ret_export)
{
	struct export *export = calloc(1, sizeof(*export));

	if (!export)
		return -ENOMEM;
	export->config = *config;
	*ret_export = export;
	return 0;
}

struct export *export_close(struct export *export)
{
	free(export);
	return NULL;
}

const char *export_why(const struct export *export)
{
	return export->why;
}
