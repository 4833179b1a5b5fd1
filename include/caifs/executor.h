#ifndef CAIFS_EXECUTOR_H
#define CAIFS_EXECUTOR_H

/*
 * A thread that runs jobs, one after the other, in the order they came.
 *
 * A job is a member of whatever it works on, so that handing it over neither
 * allocates nor fails. It may be posted again once it has begun to run, never
 * while it waits. Jobs must not wait for the network.
 *
 * executor_post: any thread. create/destroy: the owner, after forking.
 */

struct job {
	void (*run)(struct job *);
	struct job *next; /* the executor's */
};

struct executor;

/* `name` is the thread's, at most 15 characters. */
int executor_create(const char *name, struct executor **ret_executor);

/* Runs what is queued, ends the thread; NULL is allowed. Returns NULL. */
struct executor *executor_destroy(struct executor *executor);

void executor_post(struct executor *executor, struct job *job);

#endif
