/* Writes over a real connection: how often each is sent, and what its failure
   leaves open. */

#include "test.h"

#include "caifs/gateway_write.h"
#include "caifs/latch.h"
#include "caifs/secret.h"
#include "origin.h"

enum { TIMEOUT_MS = 3000, WAIT_MS = 30000 };

/* One call on a gateway of its own. */
struct attempt {
	struct http *http;
	struct gateway *gateway;
	struct api_request request;
	struct gateway_config config;
	struct job begin;
	struct latch done;
	enum http_method method;
	int err;
};

static struct attempt *attempt_of_job(struct job *job)
{
	return (struct attempt *)((char *)job -
				  offsetof(struct attempt, begin));
}

static void on_begin(struct job *job)
{
	struct attempt *a = attempt_of_job(job);
	static const char json[] = "{\"a\":1}";

	if (a->method == HTTP_POST)
		gateway_post(a->gateway, &a->request, json, sizeof(json) - 1);
	else if (a->method == HTTP_DELETE)
		gateway_delete(a->gateway, &a->request);
	else
		gateway_start(a->gateway, &a->request);
}

static void on_done(struct api_request *request, int err)
{
	struct attempt *a = request->data;

	a->err = err;
	latch_open(&a->done);
}

static void open_gateway(struct attempt *a, const char *endpoint, bool writes)
{
	const struct http_config http = {.connections = 2,
					 .max_connections = 4,
					 .connect_timeout_ms = 1000,
					 .idle_timeout_ms = 1000,
					 .allow_plain_http = true,
					 .user_agent = "test"};

	memset(a, 0, sizeof(*a));
	a->config = (struct gateway_config){
		.endpoint = endpoint,
		.ims_endpoint = endpoint,
		.ims_org = "org",
		.api_key = "key",
		.sandbox_name = "prod",
		.scopes = "",
		.identity = {.access_token = secret_keep("word", 4)},
		.connections = 2,
		.endpoint_is_local = true,
		.writes = writes,
	};
	latch_init(&a->done);
	assert_int_equal(http_create(&http, &a->http), 0);
	assert_int_equal(gateway_create(&a->config, a->http, &a->gateway), 0);
}

static void close_gateway(struct attempt *a)
{
	http_stop(a->http);
	gateway_destroy(a->gateway);
	http_destroy(a->http);
	buffer_finish(&a->request.body);
	secret_unref(a->config.identity.access_token);
	latch_finish(&a->done);
}

static int make(struct attempt *a, enum http_method method)
{
	static const struct api_request_handlers handlers = {.done = on_done};

	buffer_finish(&a->request.body);
	a->request = (struct api_request){.path = "/thing?x=1",
					  .timeout_ms = TIMEOUT_MS,
					  .body_limit = 65536,
					  .on = &handlers,
					  .data = a};
	a->method = method;
	a->begin.run = on_begin;
	http_post(a->http, &a->begin);
	assert_true(latch_wait(&a->done, WAIT_MS));
	return a->err;
}

/* What becomes of a POST, and how often it was sent. */
static void assert_post(const struct origin_answer *answers, size_t count,
			int err, bool uncertain, size_t sent)
{
	static struct origin origin;
	struct attempt a;

	origin_start(&origin, answers, count);
	open_gateway(&a, origin.endpoint, true);
	assert_int_equal(make(&a, HTTP_POST), err);
	assert_int_equal(a.request.uncertain, uncertain);
	close_gateway(&a);
	origin_stop(&origin);
	assert_int_equal(origin_count(&origin, "POST /thing?x=1 "), sent);
	assert_int_equal(origin.request_count, sent);
	assert_non_null(strstr(origin.requests[0],
			       "\r\nContent-Type: application/json\r\n"));
	assert_non_null(strstr(origin.requests[0], "\r\n\r\n{\"a\":1}"));
}

static void a_good_answer_ends_it(void **state)
{
	static const struct origin_answer good[] = {
		{.head = "200 OK", .body = "{}"}};

	(void)state;
	assert_post(good, 1, 0, false, 1);
}

static void what_may_have_been_done_is_not_sent_again(void **state)
{
	static const struct origin_answer lost[][1] = {
		{{.head = NULL}},
		{{.reset = true}},
		{{.head = "500 Oops", .body = "{}"}},
		{{.head = "502 Bad Gateway", .body = "<html>"}},
		{{.head = "503 Unavailable", .body = ""}},
		{{.head = "504 Gateway Timeout"}},
		{{.head = "307 Elsewhere\r\nLocation: http://127.0.0.1:1/"}},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(lost); i++)
		assert_post(lost[i], 1, -EIO, true, 1);
}

static void a_refusal_is_final(void **state)
{
	static const struct origin_answer wrong[] = {
		{.head = "400 Bad", .body = "{\"title\":\"no such schema\"}"}};
	static const struct origin_answer forbidden[] = {
		{.head = "403 No", .body = "{}"}};
	static const struct origin_answer missing[] = {
		{.head = "404 No", .body = "{}"}};

	(void)state;
	assert_post(wrong, 1, -EIO, false, 1);
	assert_post(forbidden, 1, -EACCES, false, 1);
	assert_post(missing, 1, -ENOENT, false, 1);
}

static void what_was_not_done_is_sent_again(void **state)
{
	static const struct origin_answer throttled[] = {
		{.head = "429 Too Many", .body = "{\"retryAfterMs\":\"50\"}"},
		{.head = "503 Busy\r\nRetry-After: 0"},
		{.head = "403 Hiccup", .body = "{\"error_code\":\"503020\"}"},
		{.head = "200 OK", .body = "{}"}};

	(void)state;
	assert_post(throttled, COUNT_OF(throttled), 0, false, 4);
}

static void a_refused_token_is_no_reason_to_send_it_for_ever(void **state)
{
	static const struct origin_answer refused[] = {
		{.head = "401 Unauthorized",
		 .body = "{\"error_code\":\"401013\"}"}};

	(void)state;
	/* A ready-made token, which nothing renews. */
	assert_post(refused, 1, -EACCES, false, 1);
}

/* libcurl sends a request again by itself when a kept connection is closed
   before an answer: not this one. */
static void it_has_a_connection_of_its_own(void **state)
{
	static const struct origin_answer answers[] = {
		{.head = "200 OK", .body = "{}", .keep = true},
		{.head = NULL},
		{.head = "200 OK", .body = "{}"}};
	static struct origin origin;
	struct attempt a;

	(void)state;
	origin_start(&origin, answers, COUNT_OF(answers));
	open_gateway(&a, origin.endpoint, true);
	assert_int_equal(make(&a, HTTP_GET), 0);
	assert_int_equal(make(&a, HTTP_POST), -EIO);
	assert_true(a.request.uncertain);
	close_gateway(&a);
	origin_stop(&origin);
	assert_int_equal(origin_count(&origin, "POST"), 1);
}

static void nobody_there_is_asked_again(void **state)
{
	static const struct origin_answer unused[] = {{.head = "200 OK"}};
	static struct origin origin;
	struct attempt a;

	(void)state;
	origin_start(&origin, unused, 1);
	origin_stop(&origin);
	open_gateway(&a, origin.endpoint, true);
	assert_int_equal(make(&a, HTTP_POST), -EIO);
	assert_false(a.request.uncertain);
	assert_int_equal(a.request.attempts, 4);
	close_gateway(&a);
}

static void a_delete_is_made_again(void **state)
{
	static const struct origin_answer answers[] = {
		{.head = "502 Bad Gateway"},
		{.head = NULL},
		{.head = "200 OK", .body = "{\"status\":true}"}};
	static struct origin origin;
	struct attempt a;

	(void)state;
	origin_start(&origin, answers, COUNT_OF(answers));
	open_gateway(&a, origin.endpoint, true);
	assert_int_equal(make(&a, HTTP_DELETE), 0);
	close_gateway(&a);
	origin_stop(&origin);
	assert_int_equal(origin_count(&origin, "DELETE /thing?x=1 "), 3);
}

static void a_mount_s_platform_writes_nothing(void **state)
{
	static const struct origin_answer good[] = {
		{.head = "200 OK", .body = "{}"}};
	static struct origin origin;
	struct attempt a;

	(void)state;
	origin_start(&origin, good, 1);
	open_gateway(&a, origin.endpoint, false);
	assert_int_equal(make(&a, HTTP_POST), -EROFS);
	assert_int_equal(make(&a, HTTP_DELETE), -EROFS);
	assert_false(a.request.uncertain);
	assert_int_equal(make(&a, HTTP_GET), 0);
	close_gateway(&a);
	origin_stop(&origin);
	assert_int_equal(origin.request_count, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_good_answer_ends_it),
		cmocka_unit_test(what_may_have_been_done_is_not_sent_again),
		cmocka_unit_test(a_refusal_is_final),
		cmocka_unit_test(what_was_not_done_is_sent_again),
		cmocka_unit_test(
			a_refused_token_is_no_reason_to_send_it_for_ever),
		cmocka_unit_test(it_has_a_connection_of_its_own),
		cmocka_unit_test(nobody_there_is_asked_again),
		cmocka_unit_test(a_delete_is_made_again),
		cmocka_unit_test(a_mount_s_platform_writes_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
