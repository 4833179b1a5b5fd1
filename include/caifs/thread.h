#ifndef CAIFS_THREAD_H
#define CAIFS_THREAD_H

#include <pthread.h>

/*
 * Starts a thread with all signals blocked: SIGINT and SIGTERM must reach the
 * main thread, which ends the mount. `name` is shown by `ps -T`, at most 15
 * characters. The caller joins the thread. 0 or negative errno. Any thread.
 */
int thread_start(pthread_t *thread, const char *name, void *(*run)(void *data),
		 void *data);

#endif
