/* Tokens from the token service, by client credentials: see
   token_provider.h. */

#include "token_provider.h"

#include "caifs/buffer.h"
#include "caifs/container.h"
#include "caifs/json.h"
#include "retry.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

enum { ANSWER_MAX = 64 * 1024 };

static const int64_t LIFE_MAX_MS = INT64_C(365) * 86400 * 1000;

struct oauth {
	struct token_provider provider;
	const struct gateway_config *config;
	struct http *http;
	int attempt;
	bool older; /* use the service's older path */
	bool away;  /* unreachable in the last attempt of the last call */
	struct http_exchange exchange;
	struct http_timer pause;
	struct buffer url, form, body;
	const char *headers[2];
};

struct secret *token_provider_keep(const char *text, size_t size)
{
	while (size > 0 && strchr(" \t\r\n", text[size - 1]))
		size--;
	if (size == 0)
		return NULL;
	for (size_t i = 0; i < size; i++)
		if (text[i] <= ' ' || text[i] == 0x7f)
			return NULL;
	return secret_keep(text, size);
}

static void give(struct oauth *o, const struct token_answer *answer)
{
	buffer_clear(&o->form);
	o->provider.answered(o->provider.data, answer);
}

static void attempt(struct oauth *o)
{
	o->attempt++;
	atomic_fetch_add(&o->provider.requests, 1);
	buffer_clear(&o->url);
	buffer_clear(&o->body);
	if (buffer_printf(&o->url, "%s/ims/token/%s", o->config->ims_endpoint,
			  o->older ? "v2" : "v3")) {
		give(o, &(struct token_answer){.err = -ENOMEM});
		return;
	}
	o->exchange.url = buffer_text(&o->url);
	http_start(o->http, &o->exchange);
}

static void pause_over(struct http_timer *timer)
{
	attempt(container_of(timer, struct oauth, pause));
}

static int compose_form(struct oauth *o)
{
	const struct gateway_config *c = o->config;
	const char *secret = secret_text(c->identity.client_secret);
	struct buffer *f = &o->form;

	buffer_clear(f);
	if (buffer_append_text(f, "grant_type=client_credentials&client_id=") ||
	    buffer_append_encoded(f, c->api_key) ||
	    buffer_append_text(f, "&client_secret=") ||
	    buffer_append_encoded(f, secret) ||
	    buffer_append_text(f, "&scope=") ||
	    buffer_append_encoded(f, c->scopes))
		return -ENOMEM;
	o->exchange.body = f->data;
	o->exchange.body_size = f->size;
	return 0;
}

static void ask(struct token_provider *provider)
{
	struct oauth *o = container_of(provider, struct oauth, provider);

	if (compose_form(o)) {
		give(o, &(struct token_answer){.err = -ENOMEM});
		return;
	}
	o->attempt = 0;
	attempt(o);
}

static int on_body(struct http_exchange *exchange, const char *bytes,
		   size_t size)
{
	struct oauth *o = container_of(exchange, struct oauth, exchange);

	return buffer_append(&o->body, bytes, size);
}

/* `expires_in` is in seconds for this grant, but was in milliseconds for an
   older one: more than ten days of seconds is milliseconds (contract 2.2). */
static int64_t life_ms(const cJSON *answer)
{
	int64_t life;

	if (!json_number(answer, "expires_in", &life))
		return -1;
	if (life <= 10 * 86400)
		life *= 1000;
	return life < LIFE_MAX_MS ? life : LIFE_MAX_MS;
}

static bool read_answer(struct oauth *o, struct token_answer *answer)
{
	const char *text;
	cJSON *root;

	if (json_parse(buffer_text(&o->body), o->body.size, &root))
		return false;
	text = json_text(root, "access_token", "");
	answer->token = token_provider_keep(text, strlen(text));
	answer->life_ms = life_ms(root);
	cJSON_Delete(root);
	if (answer->life_ms == 0) /* else it would be renewed in a loop */
		answer->token = secret_unref(answer->token);
	return answer->token;
}

/* Any 4xx except 408 and 429 is a configuration error (contract 2.4). */
static int errno_of(const struct api_error *error, enum retry_decision decision)
{
	if (decision != RETRY_DECISION_RETRY && error->status)
		return -EACCES;
	return api_error_errno(error);
}

/* If the service was unreachable in the last call and still is, fail at the
   first attempt: more would only delay the error. */
static bool may_try_again(struct oauth *o, const struct api_error *error)
{
	bool away = error->fault == HTTP_NO_NAME ||
		    error->fault == HTTP_NO_CONNECTION;
	bool may = o->attempt < RETRY_ATTEMPTS && !(away && o->away);

	o->away = away && !may;
	return may;
}

static void on_done(struct http_exchange *exchange)
{
	struct oauth *o = container_of(exchange, struct oauth, exchange);
	struct token_answer answer = {0};
	enum retry_decision decision;

	api_error_read(&answer.error, exchange->fault, exchange->head.status,
		       buffer_text(&o->body), o->body.size);
	decision = api_error_decide(&answer.error);
	if (decision == RETRY_DECISION_GOOD && !read_answer(o, &answer))
		decision = RETRY_DECISION_RETRY;
	buffer_clear(&o->body);
	if (decision == RETRY_DECISION_GOOD) {
		o->away = false;
		give(o, &answer);
	} else if (answer.error.status == 404 && !o->older) {
		/* The service has only the older path. */
		o->older = true;
		attempt(o);
	} else if (decision == RETRY_DECISION_RETRY &&
		   may_try_again(o, &answer.error)) {
		http_timer_arm(o->http, &o->pause,
			       retry_delay_ms(o->attempt, retry_random()));
	} else {
		answer.err = errno_of(&answer.error, decision);
		if (answer.err == -ENOENT || answer.err >= 0)
			answer.err = -EIO;
		give(o, &answer);
	}
}

static struct token_provider *destroy(struct token_provider *provider)
{
	struct oauth *o = container_of(provider, struct oauth, provider);

	buffer_finish(&o->url);
	buffer_finish(&o->form);
	buffer_finish(&o->body);
	free(o);
	return NULL;
}

int token_provider_oauth_create(const struct gateway_config *config,
				struct http *http,
				struct token_provider **ret_provider)
{
	static const struct token_provider_operations operations = {ask,
								    destroy};
	static const struct http_handlers handlers = {
		.body = on_body,
		.done = on_done,
	};
	struct oauth *o = calloc(1, sizeof(*o));

	if (!o)
		return -ENOMEM;
	o->provider.operations = &operations;
	o->config = config;
	o->http = http;
	o->pause.run = pause_over;
	o->headers[0] = "Content-Type: application/x-www-form-urlencoded";
	o->exchange.method = HTTP_POST;
	o->exchange.priority = HTTP_DEMAND;
	o->exchange.headers = o->headers;
	o->exchange.on = &handlers;
	buffer_init(&o->url, 4096);
	buffer_init(&o->form, 2 * SECRET_MAX);
	buffer_init(&o->body, ANSWER_MAX);
	*ret_provider = &o->provider;
	return 0;
}
