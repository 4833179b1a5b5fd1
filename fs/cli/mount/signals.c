/* Signals: see signals.h. */

#include "signals.h"

#include "caifs/log.h"
#include "caifs/thread.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>

struct signals {
	pthread_t thread;
	struct gateway *gateway;
	_Atomic bool ending;
};

/* SIGUSR2 wakes the thread to end it; from another process it has no effect. */
static void fill_set(sigset_t *set)
{
	sigemptyset(set);
	sigaddset(set, SIGHUP);
	sigaddset(set, SIGUSR1);
	sigaddset(set, SIGUSR2);
}

void signals_block(void)
{
	sigset_t set;

	fill_set(&set);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
}

static void next_log_level(void)
{
	static const char *const names[] = {"error", "warning", "info",
					    "debug"};
	enum log_level level =
		(enum log_level)((log_get_level() + 1) % (LOG_LEVEL_DEBUG + 1));

	log_set_level(level);
	log_error("log level is now %s", names[level]);
}

static void *wait_for_signals(void *data)
{
	struct signals *signals = data;
	sigset_t set;
	int number;

	fill_set(&set);
	while (sigwait(&set, &number) == 0) {
		if (atomic_load(&signals->ending))
			break;
		if (number == SIGHUP) {
			log_info("SIGHUP: reading the token again");
			gateway_reread_token(signals->gateway);
		} else if (number == SIGUSR1) {
			next_log_level();
		}
	}
	return NULL;
}

int signals_create(struct gateway *gateway, struct signals **ret_signals)
{
	struct signals *signals = calloc(1, sizeof(*signals));
	int err;

	if (!signals)
		return -ENOMEM;
	signals->gateway = gateway;
	err = thread_start(&signals->thread, "caifs-signals", wait_for_signals,
			   signals);
	if (err) {
		free(signals);
		return err;
	}
	*ret_signals = signals;
	return 0;
}

struct signals *signals_destroy(struct signals *signals)
{
	if (!signals)
		return NULL;
	atomic_store(&signals->ending, true);
	pthread_kill(signals->thread, SIGUSR2);
	pthread_join(signals->thread, NULL);
	free(signals);
	return NULL;
}
