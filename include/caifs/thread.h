#ifndef CAIFS_THREAD_H
#define CAIFS_THREAD_H

#include <pthread.h>

/*
 * Starts a thread that no signal reaches: they are the main thread's, which
 * ends the mount. `name` is what ps(1) shows, 15 characters at the most; the
 * caller joins it. 0 or a negative errno. Any thread.
 */
int thread_start(pthread_t *thread, const char *name, void *(*run)(void *data),
		 void *data);

#endif
