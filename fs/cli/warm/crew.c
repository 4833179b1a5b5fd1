/* Threads that share work: see crew.h. */

#include "crew.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "caifs/latch.h"

struct crew {
	struct crew_work work;
	atomic_size_t next;
	atomic_bool stopped;
	atomic_size_t working;
	struct latch ended;
	bool over; /* the owner's */
	size_t count;
	pthread_t threads[];
};

static void *work(void *data)
{
	struct crew *crew = data;
	size_t index;

	while (!atomic_load(&crew->stopped) &&
	       (index = atomic_fetch_add(&crew->next, 1)) < crew->work.count)
		crew->work.piece(crew->work.data, index);
	if (atomic_fetch_sub(&crew->working, 1) == 1)
		latch_open(&crew->ended);
	return NULL;
}

int crew_start(size_t threads, const struct crew_work *wanted,
	       struct crew **ret_crew)
{
	struct crew *crew =
		calloc(1, sizeof(*crew) + threads * sizeof(pthread_t));
	sigset_t all, old;
	int err = 0;

	if (!crew)
		return -ENOMEM;
	crew->work = *wanted;
	/* One more, until all have been started. */
	atomic_init(&crew->working, 1);
	latch_init(&crew->ended);
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	while (crew->count < threads && !err) {
		atomic_fetch_add(&crew->working, 1);
		err = pthread_create(&crew->threads[crew->count], NULL, work,
				     crew);
		if (err)
			atomic_fetch_sub(&crew->working, 1);
		else
			crew->count++;
	}
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	if (atomic_fetch_sub(&crew->working, 1) == 1)
		latch_open(&crew->ended);
	if (crew->count == 0) {
		crew_destroy(crew);
		return -err;
	}
	*ret_crew = crew; /* fewer do it, too */
	return 0;
}

void crew_stop(struct crew *crew)
{
	atomic_store(&crew->stopped, true);
}

bool crew_wait(struct crew *crew, int64_t timeout_ms)
{
	if (!crew->over)
		crew->over = latch_wait(&crew->ended, timeout_ms);
	return crew->over;
}

struct crew *crew_destroy(struct crew *crew)
{
	for (size_t i = 0; i < crew->count; i++)
		pthread_join(crew->threads[i], NULL);
	latch_finish(&crew->ended);
	free(crew);
	return NULL;
}
