#ifndef CAIFS_CLI_CREW_H
#define CAIFS_CLI_CREW_H

/*
 * Some threads that share pieces of work, each taking the next one. For
 * commands: the one thread that owns the crew starts it, waits, and ends it.
 * Signals stay that thread's.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct crew;

struct crew_work {
	size_t count;
	void (*piece)(void *data, size_t index); /* on any of the threads */
	void *data;
};

/* 0 or a negative errno. */
int crew_start(size_t threads, const struct crew_work *work,
	       struct crew **ret_crew);

/* No piece is begun any more. */
void crew_stop(struct crew *crew);

/* False: they are not done within this time. */
bool crew_wait(struct crew *crew, int64_t timeout_ms);

/* Returns when they are done. Returns NULL. */
struct crew *crew_destroy(struct crew *crew);

#endif
