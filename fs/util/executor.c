/*
 * One thread and its queue: see executor.h. The lock guards the queue and
 * `stopping`, nothing else, and no job runs under it.
 */

#include "caifs/executor.h"
#include "caifs/thread.h"

#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>

struct executor {
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t arrived;
	struct job *queue; /* guarded by lock */
	struct job *tail;  /* guarded by lock */
	bool stopping;	   /* guarded by lock */
};

/* The next job, or NULL when stopping and none is left. */
static struct job *take(struct executor *executor)
{
	struct job *job;

	pthread_mutex_lock(&executor->lock);
	while (!executor->queue && !executor->stopping)
		pthread_cond_wait(&executor->arrived, &executor->lock);
	job = executor->queue;
	if (job) {
		executor->queue = job->next;
		if (!executor->queue)
			executor->tail = NULL;
		job->next = NULL;
	}
	pthread_mutex_unlock(&executor->lock);
	return job;
}

static void *work(void *data)
{
	struct executor *executor = data;
	struct job *job;

	while ((job = take(executor)))
		job->run(job);
	return NULL;
}

int executor_create(const char *name, struct executor **ret_executor)
{
	struct executor *executor = calloc(1, sizeof(*executor));
	int err;

	if (!executor)
		return -ENOMEM;
	pthread_mutex_init(&executor->lock, NULL);
	pthread_cond_init(&executor->arrived, NULL);

	err = thread_start(&executor->thread, name, work, executor);
	if (err) {
		free(executor);
		return err;
	}
	*ret_executor = executor;
	return 0;
}

struct executor *executor_destroy(struct executor *executor)
{
	if (!executor)
		return NULL;
	pthread_mutex_lock(&executor->lock);
	executor->stopping = true;
	pthread_cond_signal(&executor->arrived);
	pthread_mutex_unlock(&executor->lock);
	pthread_join(executor->thread, NULL);
	pthread_cond_destroy(&executor->arrived);
	pthread_mutex_destroy(&executor->lock);
	free(executor);
	return NULL;
}

void executor_post(struct executor *executor, struct job *job)
{
	job->next = NULL;
	pthread_mutex_lock(&executor->lock);
	if (executor->tail)
		executor->tail->next = job;
	else
		executor->queue = job;
	executor->tail = job;
	pthread_cond_signal(&executor->arrived);
	pthread_mutex_unlock(&executor->lock);
}
