/*
 * Tokens: see token.h. Contract section 2.
 *
 * Three ways to come by one: ready-made (its end, if its payload tells it, is
 * looked at but not believed: the platform has the last word), a file that
 * somebody else keeps fresh, and OAuth server-to-server.
 */

#include "token.h"

#include "caifs/buffer.h"
#include "caifs/clock.h"
#include "caifs/container.h"
#include "json.h"
#include "retry.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <utlist.h>

enum {
	ANSWER_MAX = 64 * 1024,
	/* Renewed this long before its end, or a tenth of its life. */
	RENEW_AHEAD_MS = 5 * 60 * 1000,
	/* A credential that was refused is not tried again for this long. */
	REFUSED_PAUSE_MS = 30 * 1000,
};

static const char content_type[] =
	"Content-Type: application/x-www-form-urlencoded";

struct token_keeper {
	const struct platform_config *config;
	struct http *http;

	struct secret *token; /* NULL: none */
	int64_t renew_ms;     /* monotonic; fetch another from here on */
	int64_t end_ms;	      /* monotonic; INT64_MAX: not known */

	int failure;		  /* of the last try; 0: none */
	int64_t failure_until_ms; /* it is the answer until then */
	struct problem problem;

	/* Token file. */
	struct stat file_seen;
	_Atomic bool reread;

	/* The request to the token service, one at a time. */
	bool asking;
	int attempt;
	struct http_exchange exchange;
	struct http_timer pause;
	struct buffer url, form, answer;
	const char *headers[2];
	_Atomic unsigned long long requests;

	struct token_waiter *waiters;
};

static void tell_waiters(struct token_keeper *k, int err)
{
	struct token_waiter *waiter, *waiters = k->waiters;

	k->waiters = NULL;
	while ((waiter = waiters)) {
		DL_DELETE(waiters, waiter);
		waiter->waiting = false;
		waiter->ready(waiter, err);
	}
}

static void set_token(struct token_keeper *k, struct secret *token,
		      int64_t life_ms)
{
	int64_t now_ms = clock_now_ms();
	int64_t ahead_ms = life_ms / 10;

	if (ahead_ms > RENEW_AHEAD_MS)
		ahead_ms = RENEW_AHEAD_MS;
	secret_unref(k->token);
	k->token = token;
	k->end_ms = life_ms < 0 ? INT64_MAX : now_ms + life_ms;
	k->renew_ms = life_ms < 0 ? INT64_MAX : k->end_ms - ahead_ms;
	k->failure = 0;
}

static void set_failure(struct token_keeper *k, int err, int64_t pause_ms)
{
	k->failure = err;
	k->failure_until_ms = clock_now_ms() + pause_ms;
}

/* --- The token file --- */

static bool same_file(const struct stat *a, const struct stat *b)
{
	return a->st_ino == b->st_ino && a->st_size == b->st_size &&
	       a->st_mtim.tv_sec == b->st_mtim.tv_sec &&
	       a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

/* NULL for what cannot stand in a header, or when memory is short. */
static struct secret *keep_token(const char *text, size_t size)
{
	if (size == 0)
		return NULL;
	for (size_t i = 0; i < size; i++)
		if (text[i] <= ' ' || text[i] == 0x7f)
			return NULL;
	return secret_keep(text, size);
}

static struct secret *read_file(int fd)
{
	char text[SECRET_MAX + 1];
	struct secret *token = NULL;
	ssize_t size = read(fd, text, sizeof(text));

	while (size > 0 && strchr(" \t\r\n", text[size - 1]))
		size--;
	if (size > 0)
		token = keep_token(text, (size_t)size);
	explicit_bzero(text, sizeof(text));
	return token;
}

/* Takes the file's token when the file has changed since it was last read. */
static void look_at_file(struct token_keeper *k)
{
	bool forced = atomic_exchange(&k->reread, false);
	struct secret *token;
	struct stat now;
	int fd;

	fd = open(k->config->identity.token_file, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &now) < 0) {
		if (!k->token)
			set_failure(k, -EACCES, 1000);
	} else if (forced || !same_file(&now, &k->file_seen)) {
		token = read_file(fd);
		if (token) {
			k->file_seen = now;
			set_token(k, token, -1);
		} else if (!k->token) {
			set_failure(k, -EACCES, 1000);
		}
	}
	if (fd >= 0)
		close(fd);
}

/* --- OAuth server-to-server --- */

static void ask(struct token_keeper *k)
{
	k->attempt++;
	atomic_fetch_add(&k->requests, 1);
	buffer_clear(&k->answer);
	http_start(k->http, &k->exchange);
}

static void pause_over(struct http_timer *timer)
{
	ask(container_of(timer, struct token_keeper, pause));
}

static int compose_form(struct token_keeper *k)
{
	const struct platform_config *c = k->config;
	struct buffer *f = &k->form;
	const char *secret = secret_text(c->identity.client_secret);

	buffer_clear(f);
	if (buffer_append_text(f, "grant_type=client_credentials&client_id=") ||
	    buffer_append_encoded(f, c->api_key) ||
	    buffer_append_text(f, "&client_secret=") ||
	    buffer_append_encoded(f, secret) ||
	    buffer_append_text(f, "&scope=") ||
	    buffer_append_encoded(f, c->scopes))
		return -ENOMEM;
	return 0;
}

static void start_asking(struct token_keeper *k)
{
	if (k->asking)
		return;
	if (compose_form(k)) {
		set_failure(k, -ENOMEM, 1000);
		return;
	}
	k->asking = true;
	k->attempt = 0;
	k->exchange.method = HTTP_POST;
	k->exchange.priority = HTTP_DEMAND;
	k->exchange.url = buffer_text(&k->url);
	k->exchange.headers = k->headers;
	k->exchange.body = k->form.data;
	k->exchange.body_size = k->form.size;
	ask(k);
}

static struct token_keeper *keeper_of(struct http_exchange *exchange)
{
	return container_of(exchange, struct token_keeper, exchange);
}

static int on_body(struct http_exchange *exchange, const char *bytes,
		   size_t size)
{
	return buffer_append(&keeper_of(exchange)->answer, bytes, size);
}

/* `expires_in` is in seconds for this grant, but in milliseconds where the
   older one was: more than ten days of seconds is milliseconds. */
static int64_t life_ms(const cJSON *answer)
{
	int64_t life = 0;

	if (!json_number(answer, "expires_in", &life))
		return -1;
	return life > 10 * 86400 ? life : life * 1000;
}

static bool take_answer(struct token_keeper *k)
{
	struct secret *token;
	const char *text;
	cJSON *root;

	if (json_parse(buffer_text(&k->answer), k->answer.size, &root))
		return false;
	text = json_text(root, "access_token", "");
	token = keep_token(text, strlen(text));
	if (token)
		set_token(k, token, life_ms(root));
	cJSON_Delete(root);
	return token;
}

static void on_done(struct http_exchange *exchange)
{
	struct token_keeper *k = keeper_of(exchange);
	enum verdict verdict;
	uint32_t random = 0;

	problem_read(&k->problem, exchange->fault, exchange->head.status,
		     buffer_text(&k->answer), k->answer.size);
	verdict = problem_verdict(&k->problem);
	if (verdict == VERDICT_GOOD && !take_answer(k))
		verdict = VERDICT_RETRY;
	explicit_bzero(k->answer.data, k->answer.size);

	if (verdict == VERDICT_RETRY && k->attempt < RETRY_ATTEMPTS) {
		if (getrandom(&random, sizeof(random), GRND_NONBLOCK) < 0)
			random = 0;
		http_timer_arm(k->http, &k->pause,
			       retry_delay_ms(k->attempt, random));
		return;
	}
	k->asking = false;
	explicit_bzero(k->form.data, k->form.size);
	if (verdict == VERDICT_GOOD) {
		k->problem = (struct problem){0};
		tell_waiters(k, 0);
	} else {
		/* Any 4xx of IMS is a matter of configuration: 2.4. */
		bool refused = verdict != VERDICT_RETRY && k->problem.status;
		int err = refused ? -EACCES : problem_errno(&k->problem);

		set_failure(k, err == -ENOENT || err >= 0 ? -EIO : err,
			    refused ? REFUSED_PAUSE_MS : 1000);
		tell_waiters(k, k->failure);
	}
}

/* --- The keeper --- */

struct secret *token_get(struct token_keeper *k, struct token_waiter *waiter,
			 int *ret_err)
{
	const struct platform_identity *identity = &k->config->identity;
	int64_t now_ms = clock_now_ms();
	bool renewable = !identity->access_token && !identity->token_file;

	if (identity->token_file)
		look_at_file(k);
	if (k->token && now_ms < k->end_ms) {
		if (renewable && now_ms >= k->renew_ms &&
		    now_ms >= k->failure_until_ms)
			start_asking(k);
		return secret_ref(k->token);
	}
	if (!renewable || (k->failure && now_ms < k->failure_until_ms)) {
		*ret_err = k->failure ? k->failure : -EACCES;
		return NULL;
	}
	start_asking(k);
	if (!k->asking) {
		*ret_err = k->failure;
		return NULL;
	}
	DL_APPEND(k->waiters, waiter);
	waiter->waiting = true;
	return NULL;
}

void token_leave(struct token_keeper *k, struct token_waiter *waiter)
{
	if (!waiter->waiting)
		return;
	DL_DELETE(k->waiters, waiter);
	waiter->waiting = false;
}

void token_reject(struct token_keeper *k, const struct secret *token)
{
	if (k->token != token)
		return;
	k->token = secret_unref(k->token);
	/* A ready-made token can only be replaced from outside. */
	if (k->config->identity.access_token || k->config->identity.token_file)
		set_failure(k, -EACCES, 0);
}

const struct problem *token_problem(const struct token_keeper *k)
{
	return &k->problem;
}

void token_reread(struct token_keeper *k)
{
	atomic_store(&k->reread, true);
}

unsigned long long token_requests(const struct token_keeper *k)
{
	return atomic_load(&k->requests);
}

int token_keeper_create(const struct platform_config *config, struct http *http,
			struct token_keeper **ret_keeper)
{
	static const struct http_handlers handlers = {
		.body = on_body,
		.done = on_done,
	};
	struct token_keeper *k = calloc(1, sizeof(*k));

	if (!k)
		return -ENOMEM;
	k->config = config;
	k->http = http;
	k->exchange.on = &handlers;
	k->pause.run = pause_over;
	k->headers[0] = content_type;
	buffer_init(&k->url, 4096);
	buffer_init(&k->form, 2 * SECRET_MAX);
	buffer_init(&k->answer, ANSWER_MAX);
	if (buffer_printf(&k->url, "%s/ims/token/v3", config->ims_endpoint)) {
		token_keeper_destroy(k);
		return -ENOMEM;
	}
	if (config->identity.access_token)
		set_token(k, secret_ref(config->identity.access_token), -1);
	*ret_keeper = k;
	return 0;
}

struct token_keeper *token_keeper_destroy(struct token_keeper *k)
{
	if (!k)
		return NULL;
	secret_unref(k->token);
	buffer_finish(&k->url);
	buffer_finish(&k->form);
	buffer_finish(&k->answer);
	free(k);
	return NULL;
}
