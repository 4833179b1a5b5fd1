#ifndef CAIFS_CLI_THREAD_POOL_H
#define CAIFS_CLI_THREAD_POOL_H

/*
 * Worker threads that share numbered pieces of work. One thread owns the pool
 * and makes all calls; the workers block all signals.
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

/* Copies `wanted`. May start fewer than `threads`, but at least one. 0 or a
   negative errno. */
int thread_pool_start(size_t threads, const struct thread_pool_work *wanted,
		      struct thread_pool **ret_pool);

/* Pieces that have not begun do not begin any more. */
void thread_pool_stop(struct thread_pool *pool);

/* False: not all threads have ended within this time. */
bool thread_pool_wait(struct thread_pool *pool, int64_t timeout_ms);

/* Waits until all threads have ended. Returns NULL. */
struct thread_pool *thread_pool_destroy(struct thread_pool *pool);

#endif
