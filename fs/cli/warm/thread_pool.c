/* Worker threads: see thread_pool.h. */

#include "thread_pool.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "caifs/latch.h"

struct thread_pool {
	struct thread_pool_work work;
	atomic_size_t next;
	atomic_bool stopped;
	atomic_size_t working;
	struct latch ended;
	bool over; /* used by the owner only */
	size_t count;
	pthread_t threads[];
};

static void *work(void *data)
{
	struct thread_pool *pool = data;
	size_t index;

	while (!atomic_load(&pool->stopped) &&
	       (index = atomic_fetch_add(&pool->next, 1)) < pool->work.count)
		pool->work.piece(pool->work.data, index);
	if (atomic_fetch_sub(&pool->working, 1) == 1)
		latch_open(&pool->ended);
	return NULL;
}

int thread_pool_start(size_t threads, const struct thread_pool_work *wanted,
		      struct thread_pool **ret_pool)
{
	struct thread_pool *pool =
		calloc(1, sizeof(*pool) + threads * sizeof(pthread_t));
	sigset_t all, old;
	int err = 0;

	if (!pool)
		return -ENOMEM;
	pool->work = *wanted;
	/* The owner counts as one until all threads have been started. */
	atomic_init(&pool->working, 1);
	latch_init(&pool->ended);
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	while (pool->count < threads && !err) {
		atomic_fetch_add(&pool->working, 1);
		err = pthread_create(&pool->threads[pool->count], NULL, work,
				     pool);
		if (err)
			atomic_fetch_sub(&pool->working, 1);
		else
			pool->count++;
	}
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	if (atomic_fetch_sub(&pool->working, 1) == 1)
		latch_open(&pool->ended);
	if (pool->count == 0) {
		thread_pool_destroy(pool);
		return -err;
	}
	*ret_pool = pool; /* go on with the threads that started */
	return 0;
}

void thread_pool_stop(struct thread_pool *pool)
{
	atomic_store(&pool->stopped, true);
}

bool thread_pool_wait(struct thread_pool *pool, int64_t timeout_ms)
{
	if (!pool->over)
		pool->over = latch_wait(&pool->ended, timeout_ms);
	return pool->over;
}

struct thread_pool *thread_pool_destroy(struct thread_pool *pool)
{
	for (size_t i = 0; i < pool->count; i++)
		pthread_join(pool->threads[i], NULL);
	latch_finish(&pool->ended);
	free(pool);
	return NULL;
}
