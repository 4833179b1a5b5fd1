/*
 * The token manager: see token.h. Contract section 2.
 *
 * A token is ready-made, or in a file that another program updates, or made by
 * a provider. Only a provider is asked for a new one: before the token expires,
 * while the old one is still given out.
 */

#include "token.h"

#include "caifs/clock.h"
#include "token_life.h"
#include "token_provider.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <utlist.h>

enum {
	/* Renew so long before the end, or a tenth of the life if less. */
	RENEW_AHEAD_MS = 5 * 60 * 1000,
	/* No new try for so long after a refusal for good, or after another
	   failure. */
	REFUSED_PAUSE_MS = 30 * 1000,
	FAILED_PAUSE_MS = 1000,
};

struct token_manager {
	const struct gateway_config *config;
	struct token_provider *provider; /* NULL: ready-made, or a file */

	struct secret *token;	/* NULL: none */
	int64_t renew_ms;	/* monotonic; renew from then on */
	_Atomic int64_t end_ms; /* monotonic; INT64_MAX: not known */

	int failure;		  /* errno of the last try; 0: none */
	int64_t failure_until_ms; /* no new try before this */
	struct api_error error;

	struct stat file_seen;
	_Atomic bool reread;

	bool asking;
	struct token_waiter *waiters;
};

static void wake_waiters(struct token_manager *manager, int err)
{
	struct token_waiter *waiter, *waiters = manager->waiters;

	manager->waiters = NULL;
	DL_FOREACH (waiters, waiter)
		waiter->waiting = false;
	while ((waiter = waiters)) {
		DL_DELETE(waiters, waiter);
		waiter->ready(waiter, err);
	}
}

/* Owns `token` from here on. `life_ms` -1: not known. */
static void set_token(struct token_manager *manager, struct secret *token,
		      int64_t life_ms)
{
	int64_t ahead_ms = life_ms / 10, end_ms;

	if (ahead_ms > RENEW_AHEAD_MS)
		ahead_ms = RENEW_AHEAD_MS;
	secret_unref(manager->token);
	manager->token = token;
	end_ms = life_ms < 0 ? INT64_MAX : clock_now_ms() + life_ms;
	atomic_store(&manager->end_ms, end_ms);
	manager->renew_ms = life_ms < 0 ? INT64_MAX : end_ms - ahead_ms;
	manager->failure = 0;
}

static void set_failure(struct token_manager *manager, int err,
			int64_t pause_ms)
{
	manager->failure = err;
	manager->failure_until_ms = clock_now_ms() + pause_ms;
}

/* --- The token file --- */

static bool same_file(const struct stat *a, const struct stat *b)
{
	return a->st_ino == b->st_ino && a->st_size == b->st_size &&
	       a->st_mtim.tv_sec == b->st_mtim.tv_sec &&
	       a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

static struct secret *read_file(int fd)
{
	char text[SECRET_MAX + 1];
	ssize_t size = read(fd, text, sizeof(text));
	struct secret *token = NULL;

	if (size > 0)
		token = token_provider_keep(text, (size_t)size);
	explicit_bzero(text, sizeof(text));
	return token;
}

/* Sets the file's token if the file has changed since it was last read. Keeps
   the old token if the file is absent, empty, or readable by others. */
static void refresh_from_file(struct token_manager *manager)
{
	bool forced = atomic_exchange(&manager->reread, false);
	int fd = open(manager->config->identity.token_file,
		      O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct secret *token = NULL;
	struct stat now;

	if (fd >= 0 && fstat(fd, &now) == 0 && S_ISREG(now.st_mode) &&
	    (forced || !same_file(&now, &manager->file_seen)) &&
	    secret_file_check(fd) == 0)
		token = read_file(fd);
	if (token) {
		manager->file_seen = now;
		set_token(manager, token, -1);
	}
	if (fd >= 0)
		close(fd);
}

/* --- The provider --- */

static void on_answer(void *data, const struct token_answer *answer)
{
	struct token_manager *manager = data;

	manager->asking = false;
	manager->error = answer->error;
	if (answer->token) {
		manager->error = (struct api_error){0};
		set_token(manager, answer->token, answer->life_ms);
		wake_waiters(manager, 0);
		return;
	}
	set_failure(manager, answer->err,
		    answer->err == -EACCES ? REFUSED_PAUSE_MS
					   : FAILED_PAUSE_MS);
	wake_waiters(manager, answer->err);
}

static void ask_provider(struct token_manager *manager)
{
	if (manager->asking)
		return;
	manager->asking = true;
	manager->provider->operations->ask(manager->provider);
}

/* --- The manager --- */

struct secret *token_get(struct token_manager *manager,
			 struct token_waiter *waiter, int *ret_err)
{
	int64_t now_ms = clock_now_ms();
	bool failing;

	if (manager->config->identity.token_file)
		refresh_from_file(manager);
	failing = manager->failure && now_ms < manager->failure_until_ms;
	if (manager->token && now_ms < manager->end_ms &&
	    (manager->provider || !failing)) {
		if (manager->provider && now_ms >= manager->renew_ms &&
		    !failing)
			ask_provider(manager);
		return secret_ref(manager->token);
	}
	if (!manager->provider || failing) {
		*ret_err = manager->failure ? manager->failure : -EACCES;
		return NULL;
	}
	/* Queue the waiter only afterwards: the provider may answer before
	   ask() returns. */
	ask_provider(manager);
	if (!manager->asking) {
		*ret_err = manager->failure ? manager->failure : -EIO;
		return NULL;
	}
	DL_APPEND(manager->waiters, waiter);
	waiter->waiting = true;
	return NULL;
}

void token_leave(struct token_manager *manager, struct token_waiter *waiter)
{
	if (!waiter->waiting)
		return;
	DL_DELETE(manager->waiters, waiter);
	waiter->waiting = false;
}

void token_reject(struct token_manager *manager, const struct secret *token)
{
	if (manager->token != token)
		return;
	/* A token without a provider cannot be renewed here: withhold it. */
	if (manager->provider)
		manager->token = secret_unref(manager->token);
	else
		set_failure(manager, -EACCES, REFUSED_PAUSE_MS);
}

void token_give_up(struct token_manager *manager, const struct secret *token)
{
	token_reject(manager, token);
	set_failure(manager, -EACCES, REFUSED_PAUSE_MS);
}

const struct api_error *token_error(const struct token_manager *manager)
{
	return &manager->error;
}

bool token_has_ended(const struct token_manager *manager)
{
	/* -1 also means "not known". */
	return manager->token &&
	       token_life_ms(secret_text(manager->token), clock_wall_ms()) < -1;
}

void token_reread(struct token_manager *manager)
{
	atomic_store(&manager->reread, true);
}

int64_t token_left_ms(const struct token_manager *manager)
{
	int64_t end_ms = atomic_load(&manager->end_ms);
	int64_t left_ms = end_ms - clock_now_ms();

	if (end_ms == 0 || end_ms == INT64_MAX)
		return -1;
	return left_ms > 0 ? left_ms : 0;
}

unsigned long long token_requests(const struct token_manager *manager)
{
	return manager->provider ? atomic_load(&manager->provider->requests)
				 : 0;
}

int token_manager_create(const struct gateway_config *config, struct http *http,
			 struct token_manager **ret_manager)
{
	const struct gateway_identity *identity = &config->identity;
	struct token_manager *manager = calloc(1, sizeof(*manager));
	int err = 0;

	if (!manager)
		return -ENOMEM;
	manager->config = config;
	if (identity->access_token)
		set_token(manager, secret_ref(identity->access_token), -1);
	else if (identity->token_command)
		err = token_provider_command_create(config, http,
						    &manager->provider);
	else if (!identity->token_file)
		err = token_provider_oauth_create(config, http,
						  &manager->provider);
	if (err) {
		free(manager);
		return err;
	}
	if (manager->provider) {
		manager->provider->answered = on_answer;
		manager->provider->data = manager;
	}
	*ret_manager = manager;
	return 0;
}

struct token_manager *token_manager_destroy(struct token_manager *manager)
{
	if (!manager)
		return NULL;
	if (manager->provider)
		manager->provider->operations->destroy(manager->provider);
	secret_unref(manager->token);
	free(manager);
	return NULL;
}
