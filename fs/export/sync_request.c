/* Questions of a command: see sync_request.h. */

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
	/* The platform's clock is known to a second, and is another one in each
	   of its machines. */
	CLOCK_SLACK_MS = 3000,
	FIRST_LOOK_MS = 1000,
};

/* On the asker's stack until both latches that it waits for are open. */
struct sync_request {
	struct gateway *gateway;
	struct api_request request;
	enum http_method method;
	struct buffer text; /* of a POST */
	struct job begin, cancel;
	bool active; /* network thread */
	struct latch done, let_go;
	int err;
};

/* --- Network thread --- */

static void on_done(struct api_request *request, int err)
{
	struct sync_request *i =
		container_of(request, struct sync_request, request);

	i->active = false;
	i->err = err;
	latch_open(&i->done);
}

static void begin(struct job *job)
{
	struct sync_request *i = container_of(job, struct sync_request, begin);

	i->active = true;
	switch (i->method) {
	case HTTP_GET:
		gateway_start(i->gateway, &i->request);
		break;
	case HTTP_POST:
		gateway_post(i->gateway, &i->request, buffer_text(&i->text),
			     i->text.size);
		break;
	case HTTP_DELETE:
		gateway_delete(i->gateway, &i->request);
		break;
	}
}

static void cancel(struct job *job)
{
	struct sync_request *i = container_of(job, struct sync_request, cancel);

	if (i->active)
		gateway_cancel(&i->request);
	latch_open(&i->let_go);
}

/* --- The asker's thread --- */

static bool is_stopped(const struct export *export)
{
	return export->config.stop && export->config.stop(export->config.data);
}

/* The gateway ends every call at its deadline. */
static void wait_for(struct export *export, struct sync_request *i)
{
	while (!latch_wait(&i->done, SLICE_MS)) {
		if (i->method != HTTP_GET || !is_stopped(export))
			continue;
		http_post(export->config.http, &i->cancel);
		while (!latch_wait(&i->let_go, SLICE_MS))
			;
		while (!latch_wait(&i->done, SLICE_MS))
			;
		return;
	}
}

static int explain(struct export *export, const struct sync_request *i)
{
	char why[320];

	if (i->err == -ECANCELED)
		return sync_request_fail(export, -EINTR, "stopped");
	if (i->err == -ENOMEM || i->err == -EROFS)
		return sync_request_fail(export, i->err, "%s",
					 strerror(-i->err));
	api_error_explain(&i->request.error, why, sizeof(why));
	return sync_request_fail(export, i->err, "%s", why);
}

static int read_answer(struct export *export, const struct sync_request *i,
		       cJSON **ret_root)
{
	const struct buffer *body = &i->request.body;
	int err = json_parse(buffer_text(body), body->size, ret_root);

	if (!err)
		return 0;
	/* What came of it was not told. */
	export->uncertain = i->method == HTTP_POST;
	return sync_request_fail(
		export, err, "the answer of %.*s is not JSON, or too large",
		(int)strcspn(i->request.path, "?"), i->request.path);
}

static int ask(struct export *export, struct sync_request *i, const char *path,
	       cJSON **ret_root)
{
	static const struct api_request_handlers handlers = {.done = on_done};
	int err;

	export->uncertain = false;
	if (i->method == HTTP_GET && is_stopped(export))
		return sync_request_fail(export, -EINTR, "stopped");
	i->gateway = export->config.gateway;
	i->request.path = path;
	i->request.timeout_ms = export->config.timeout_ms;
	i->request.body_limit = JSON_MAX_BYTES;
	i->request.on = &handlers;
	i->begin.run = begin;
	i->cancel.run = cancel;
	latch_init(&i->done);
	latch_init(&i->let_go);
	http_post(export->config.http, &i->begin);
	wait_for(export, i);
	export->uncertain = i->request.uncertain;
	err = i->err ? explain(export, i) : read_answer(export, i, ret_root);
	buffer_finish(&i->request.body);
	latch_finish(&i->let_go);
	latch_finish(&i->done);
	return err;
}

int sync_request_get(struct export *export, const char *path, cJSON **ret_root)
{
	struct sync_request i = {.method = HTTP_GET};

	return ask(export, &i, path, ret_root);
}

int sync_request_delete(struct export *export, const char *path,
			cJSON **ret_root)
{
	struct sync_request i = {.method = HTTP_DELETE};

	return ask(export, &i, path, ret_root);
}

int sync_request_post(struct export *export, const char *path,
		      const cJSON *body, cJSON **ret_root)
{
	struct sync_request i = {.method = HTTP_POST};
	char *text = cJSON_PrintUnformatted(body);
	int err;

	buffer_init(&i.text, JSON_MAX_BYTES);
	err = text ? buffer_append_text(&i.text, text) : -ENOMEM;
	cJSON_free(text);
	if (err)
		err = sync_request_fail(export, err, "%s", strerror(-err));
	else
		err = ask(export, &i, path, ret_root);
	buffer_finish(&i.text);
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
		nanosleep(&slice, NULL); /* a signal ends it: all the better */
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
	int64_t pause_ms = FIRST_LOOK_MS;
	char why[300];
	int count = 0, err;

	snprintf(why, sizeof(why), "%.299s", export->why);
	/* The platform may still be at it. */
	while (!(err = look(data, &count)) && count == 0 &&
	       clock_now_ms() + pause_ms < end_ms &&
	       sync_request_pause(export, pause_ms))
		pause_ms *= 2;
	if (!err && count == 1)
		return 0;
	if (err)
		return sync_request_fail(
			export, -EINPROGRESS,
			"%s; whether the %s was made is not known, "
			"for it cannot be looked for",
			why, noun);
	return sync_request_fail(
		export, -EINPROGRESS, "%s; %s", why,
		count ? "there are several that may be it"
		      : "none is there that may be it, but it may "
			"still come");
}

int sync_request_fail(struct export *export, int err, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(export->why, sizeof(export->why), format, args);
	va_end(args);
	for (char *c = export->why; *c; c++)
		if ((unsigned char)*c < ' ' || *c == 0x7f)
			*c = '?'; /* it may quote a server */
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
