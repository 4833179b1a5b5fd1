/* Who has listed what: see walks.h. */

#include "walks.h"

#include "caifs/clock.h"

void walks_init(struct walks *walks)
{
	*walks = (struct walks){0};
	pthread_mutex_init(&walks->lock, NULL);
}

void walks_finish(struct walks *walks)
{
	pthread_mutex_destroy(&walks->lock);
}

static struct walk *find(struct walks *walks, pid_t process, uint64_t directory)
{
	for (size_t i = 0; i < WALKS_MOST; i++) {
		struct walk *walk = &walks->latest[i];

		if (walk->process == process && walk->directory == directory)
			return walk;
	}
	return NULL;
}

void walks_note(struct walks *walks, pid_t process, uint64_t directory)
{
	struct walk *walk;

	if (process == 0) /* of another PID namespace */
		return;
	pthread_mutex_lock(&walks->lock);
	walk = find(walks, process, directory);
	if (!walk)
		walk = &walks->latest[walks->next++ % WALKS_MOST];
	*walk = (struct walk){process, directory, clock_now_ms() + WALKS_MS};
	pthread_mutex_unlock(&walks->lock);
}

bool walks_has(struct walks *walks, pid_t process, uint64_t directory)
{
	const struct walk *walk;
	bool has;

	if (process == 0)
		return false;
	pthread_mutex_lock(&walks->lock);
	walk = find(walks, process, directory);
	has = walk && clock_now_ms() < walk->until_ms;
	pthread_mutex_unlock(&walks->lock);
	return has;
}
