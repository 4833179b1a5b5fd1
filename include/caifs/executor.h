#ifndef CAIFS_EXECUTOR_H
#define CAIFS_EXECUTOR_H

/*
 * A thread that runs jobs one after the other, in the order of posting.
 *
 * A job is a member of the struct that it works on, so that posting neither
 * allocates nor fails. Posting a job that is still queued corrupts the queue;
 * posting it from inside run() is allowed, and so is freeing it there. Jobs
 * must not wait for the network.
 *
 * executor_post(): any thread. create and destroy: the owner, after forking.
 */

struct job {
	void (*run)(struct job *);
	struct job *next; /* set by the executor */
};

struct executor;

/* `name` is the thread's, at most 15 characters. 0 or negative errno. */
int executor_create(const char *name, struct executor **ret_executor);

/* Runs what is queued, then joins the thread. Nothing may be posted once it was
   called. NULL: no effect. Returns NULL. */
struct executor *executor_destroy(struct executor *executor);

void executor_post(struct executor *executor, struct job *job);

#endif
