/* Threads without signals: see caifs/thread.h. */

#include "caifs/thread.h"

#include <signal.h>

int thread_start(pthread_t *thread, const char *name, void *(*run)(void *data),
		 void *data)
{
	sigset_t all, old;
	int err;

	/* A new thread inherits the signal mask of its creator. */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	err = pthread_create(thread, NULL, run, data);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	if (!err)
		pthread_setname_np(*thread, name);
	return -err;
}
