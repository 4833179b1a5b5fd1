#ifndef CAIFS_CLI_THREAD_POOL_H
#define CAIFS_CLI_THREAD_POOL_H

/*
 * Some threads that share pieces of work, each taking the next one. For
 * commands: the one thread that owns the pool starts it, waits, and ends it.
 * Signals stay that thread's.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct thread_pool;

struct thread_pool_work {
	size_t count;
	void (*piece)(void *data, size_t index); /* on any of the threads */
	void *data;
};

/* 0 or a negative errno. */
int thread_pool_start(size_t threads, const struct thread_pool_work *wanted,
		      struct thread_pool **ret_pool);

/* No piece is begun any more. */
void thread_pool_stop(struct thread_pool *pool);

/* False: they are not done within this time. */
bool thread_pool_wait(struct thread_pool *pool, int64_t timeout_ms);

/* Returns when they are done. Returns NULL. */
struct thread_pool *thread_pool_destroy(struct thread_pool *pool);

#endif
