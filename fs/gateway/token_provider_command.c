/*
 * Tokens that a command prints: see token_provider.h.
 *
 * A separate thread waits for the command, which may take long, and posts the
 * answer to the network thread. The command inherits no descriptor but its
 * output (and stderr), and no secret in the environment.
 */

#include "token_provider.h"

#include "caifs/clock.h"
#include "caifs/container.h"
#include "caifs/executor.h"
#include "token_life.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
	COMMAND_TIMEOUT_MS = 30 * 1000,
	STOP_CHECK_MS = 100,
	GRACE_MS = 1000, /* between the end of output and SIGKILL */
	MIN_LIFE_MS = 30 * 1000
};

struct command {
	struct token_provider provider;
	const char *text;
	struct http *http;
	struct executor *runner;
	struct job run, deliver;
	struct token_answer answer; /* runner's until `deliver` is posted */
	_Atomic bool stopping;
};

/* `*ret_output`: the read end of its stdout, which the caller closes.
   `*ret_process`: a group leader, which the caller waits for. */
static int spawn(const char *text, int *ret_output, pid_t *ret_process)
{
	char shell[] = "sh", option[] = "-c";
	char *const arguments[] = {shell, option, (char *)(uintptr_t)text,
				   NULL};
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	sigset_t none, ignored;
	int pipes[2], err;

	if (pipe2(pipes, O_CLOEXEC) < 0)
		return -errno;
	sigemptyset(&none);
	sigemptyset(&ignored); /* what this process ignores */
	sigaddset(&ignored, SIGPIPE);
	posix_spawnattr_init(&attributes);
	posix_spawnattr_setsigmask(&attributes, &none);
	posix_spawnattr_setsigdefault(&attributes, &ignored);
	/* A process group, so that a kill reaches its children too. */
	posix_spawnattr_setpgroup(&attributes, 0);
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK |
						      POSIX_SPAWN_SETSIGDEF |
						      POSIX_SPAWN_SETPGROUP);
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_adddup2(&actions, pipes[1], 1);
	posix_spawn_file_actions_addclosefrom_np(&actions, 3);
	err = posix_spawn(ret_process, "/bin/sh", &actions, &attributes,
			  arguments, environ);
	posix_spawn_file_actions_destroy(&actions);
	posix_spawnattr_destroy(&attributes);
	close(pipes[1]);
	if (err) {
		close(pipes[0]);
		return -err;
	}
	*ret_output = pipes[0];
	return 0;
}

/* Reads up to end of file. Returns the number of bytes or a negative errno;
   -ETIMEDOUT also when `stopping` is set. */
static ssize_t read_output(struct command *c, int output, char *text,
			   size_t size)
{
	int64_t until_ms = clock_now_ms() + COMMAND_TIMEOUT_MS;
	struct pollfd poller = {.fd = output, .events = POLLIN};
	size_t used = 0;

	while (clock_now_ms() < until_ms && !atomic_load(&c->stopping)) {
		ssize_t got;

		if (poll(&poller, 1, STOP_CHECK_MS) <= 0)
			continue;
		got = read(output, text + used, size - used);
		if (got < 0)
			return -errno;
		used += (size_t)got;
		if (got == 0 || used == size)
			return (ssize_t)used;
	}
	return -ETIMEDOUT;
}

/* The payload's expiry is only a hint: even for a token that has expired by
   it, run the command again after MIN_LIFE_MS, not at once. */
static int64_t life_of(const struct secret *token)
{
	int64_t life = token_life_ms(secret_text(token), clock_wall_ms());

	if (life == -1 || life > MIN_LIFE_MS)
		return life;
	return MIN_LIFE_MS;
}

/* Waits for the process, and kills its group after GRACE_MS. Returns the wait
   status. */
static int wait_for_end(pid_t process)
{
	int status = 0;

	for (int i = 0; i < GRACE_MS / 10; i++) {
		if (waitpid(process, &status, WNOHANG) == process)
			return status;
		nanosleep(&(struct timespec){.tv_nsec = 10 * 1000000}, NULL);
	}
	kill(-process, SIGKILL);
	waitpid(process, &status, 0);
	return status;
}

static void run(struct job *job)
{
	struct command *c = container_of(job, struct command, run);
	char text[SECRET_MAX + 1];
	int output = -1, status;
	pid_t process;
	ssize_t size;

	c->answer = (struct token_answer){.life_ms = -1};
	c->answer.err = spawn(c->text, &output, &process);
	if (c->answer.err) {
		http_post(c->http, &c->deliver);
		return;
	}
	size = read_output(c, output, text, sizeof(text));
	close(output);
	if (size < 0)
		kill(-process, SIGKILL);
	status = wait_for_end(process);
	if (size > 0 && status == 0)
		c->answer.token = token_provider_keep(text, (size_t)size);
	explicit_bzero(text, sizeof(text));
	if (c->answer.token)
		c->answer.life_ms = life_of(c->answer.token);
	else
		c->answer.err = size == -ETIMEDOUT ? -ETIMEDOUT : -EACCES;
	http_post(c->http, &c->deliver);
}

static void deliver(struct job *job)
{
	struct command *c = container_of(job, struct command, deliver);

	c->provider.answered(c->provider.data, &c->answer);
}

static void ask(struct token_provider *provider)
{
	struct command *c = container_of(provider, struct command, provider);

	atomic_fetch_add(&c->provider.requests, 1);
	executor_post(c->runner, &c->run);
}

static struct token_provider *destroy(struct token_provider *provider)
{
	struct command *c = container_of(provider, struct command, provider);

	atomic_store(&c->stopping, true);
	executor_destroy(c->runner);
	free(c);
	return NULL;
}

int token_provider_command_create(const struct gateway_config *config,
				  struct http *http,
				  struct token_provider **ret_provider)
{
	static const struct token_provider_operations operations = {ask,
								    destroy};
	struct command *c = calloc(1, sizeof(*c));
	int err;

	if (!c)
		return -ENOMEM;
	c->provider.operations = &operations;
	c->text = config->identity.token_command;
	c->http = http;
	c->run.run = run;
	c->deliver.run = deliver;
	err = executor_create("caifs-token", &c->runner);
	if (err) {
		free(c);
		return err;
	}
	*ret_provider = &c->provider;
	return 0;
}
