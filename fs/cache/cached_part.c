/* Open files of parts: see cached_part.h. */

#include "cached_part.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <utlist.h>

#include "caifs/clock.h"

enum { MAX_IDLE = 128, TOUCH_MS = 60 * 1000 };

void cached_part_table_init(struct cached_part_table *table, int directory)
{
	*table = (struct cached_part_table){.directory = directory};
	pthread_mutex_init(&table->lock, NULL);
}

static void destroy(struct cached_part *cached)
{
	close(cached->file.fd);
	free(cached);
}

void cached_part_table_finish(struct cached_part_table *table)
{
	struct cached_part *cached, *next;

	HASH_ITER (hh, table->cached_parts, cached, next) {
		HASH_DEL(table->cached_parts, cached);
		destroy(cached);
	}
	pthread_mutex_destroy(&table->lock);
}

/* --- With the lock held --- */

static void remove_from_table(struct cached_part_table *table,
			      struct cached_part *cached)
{
	if (cached->in_table)
		HASH_DEL(table->cached_parts, cached);
	cached->in_table = false;
}

static struct cached_part *find(struct cached_part_table *table,
				const char *name)
{
	struct cached_part *cached;

	HASH_FIND_STR(table->cached_parts, name, cached);
	return cached;
}

static void add_ref(struct cached_part_table *table, struct cached_part *cached)
{
	if (cached->references++ > 0)
		return;
	DL_DELETE(table->idle, cached);
	table->idle_count--;
}

/* Returns what the caller must destroy() after unlocking; NULL: nothing. */
static struct cached_part *drop_ref(struct cached_part_table *table,
				    struct cached_part *cached)
{
	struct cached_part *oldest;

	if (--cached->references > 0)
		return NULL;
	/* One marked unlinked stays in the table: the next cached_part_open()
	   removes its file. */
	if (!cached->in_table)
		return cached;
	DL_APPEND(table->idle, cached);
	if (++table->idle_count <= MAX_IDLE)
		return NULL;
	oldest = table->idle;
	DL_DELETE(table->idle, oldest);
	table->idle_count--;
	remove_from_table(table, oldest);
	return oldest;
}

/* --- Opening --- */

static struct cached_part *ref_known(struct cached_part_table *table,
				     const struct part_key *key)
{
	struct cached_part *cached;

	pthread_mutex_lock(&table->lock);
	cached = find(table, key->name);
	if (cached)
		add_ref(table, cached);
	pthread_mutex_unlock(&table->lock);
	return cached;
}

/* Adds the file to the table. If another thread has added one, closes `file`
   and returns that one. NULL: no memory; `file` is closed. */
static struct cached_part *enter(struct cached_part_table *table,
				 const struct part_key *key,
				 const struct part_file *file)
{
	struct cached_part *cached = calloc(1, sizeof(*cached)), *other;

	if (!cached) {
		close(file->fd);
		return NULL;
	}
	strcpy(cached->name, key->name);
	cached->file = *file;
	cached->references = 1;
	pthread_mutex_lock(&table->lock);
	other = find(table, key->name);
	if (other) {
		add_ref(table, other);
	} else {
		HASH_ADD_STR(table->cached_parts, name, cached);
		cached->in_table = cached->hh.tbl != NULL;
	}
	pthread_mutex_unlock(&table->lock);
	if (!other)
		return cached;
	destroy(cached);
	return other;
}

static void forget(struct cached_part_table *table, struct cached_part *cached)
{
	cached_part_mark_unlinked(cached);
	pthread_mutex_lock(&table->lock);
	remove_from_table(table, cached);
	pthread_mutex_unlock(&table->lock);
	cached_part_unref(table, cached);
}

/* Marked unlinked, removed from disk, or of another version. */
static bool is_useless(const struct cached_part *cached, const char *version)
{
	return atomic_load(&cached->unlinked) ||
	       part_file_is_gone(&cached->file) ||
	       (version && strcmp(version, cached->file.version) != 0);
}

/* Bytes without a version are not written beside those of one. */
static bool is_unproven(const struct cached_part *cached, const char *version)
{
	return version && !*version && *cached->file.version;
}

static void touch(struct cached_part_table *table, struct cached_part *cached)
{
	int64_t now_ms = clock_now_ms();
	bool due;

	pthread_mutex_lock(&table->lock);
	due = cached->touched_ms == 0 || now_ms - cached->touched_ms > TOUCH_MS;
	if (due)
		cached->touched_ms = now_ms;
	pthread_mutex_unlock(&table->lock);
	if (due)
		part_file_touch(&cached->file);
}

/* Opens the file, or creates it; errors as cached_part_open()'s. */
static int open_file(struct cached_part_table *table,
		     const struct part_key *key, const char *version,
		     struct part_file *ret_file)
{
	int err = part_file_open(table->directory, key, ret_file);

	if (err == -EBADMSG) {
		int failed = directory_remove(table->directory, key->name);

		/* -EEXIST: this part cannot be cached; others can. */
		return failed && failed != -ENOENT ? -EEXIST : -EBADMSG;
	}
	if (!err || !version || err != -ENOENT)
		return err;
	err = part_file_create(table->directory, key, version, ret_file);
	if (err == -EEXIST) /* another process has created it */
		err = part_file_open(table->directory, key, ret_file);
	return err;
}

int cached_part_open(struct cached_part_table *table,
		     const struct part_key *key, const char *version,
		     struct cached_part **ret_cached)
{
	/* Each round removes a useless file; another process may create one
	   again, so the rounds are bounded. */
	for (int round = 0; round < 4; round++) {
		struct cached_part *cached = ref_known(table, key);
		struct part_file file;
		int err;

		if (!cached) {
			err = open_file(table, key, version, &file);
			if (err)
				return err;
			cached = enter(table, key, &file);
			if (!cached)
				return -ENOMEM;
		}
		if (is_unproven(cached, version)) {
			cached_part_unref(table, cached);
			return -EEXIST;
		}
		if (!is_useless(cached, version)) {
			touch(table, cached);
			*ret_cached = cached;
			return 0;
		}
		/* In this order: while it is in the table, no other thread
		   opens the file that is being removed. */
		directory_remove_open(table->directory, key->name,
				      cached->file.fd);
		forget(table, cached);
	}
	return -ENOENT;
}

void cached_part_unref(struct cached_part_table *table,
		       struct cached_part *cached)
{
	if (!cached)
		return;
	pthread_mutex_lock(&table->lock);
	cached = drop_ref(table, cached);
	pthread_mutex_unlock(&table->lock);
	if (cached)
		destroy(cached);
}

void cached_part_table_drop_idle(struct cached_part_table *table)
{
	struct cached_part *idle, *cached, *next;

	pthread_mutex_lock(&table->lock);
	idle = table->idle;
	table->idle = NULL;
	table->idle_count = 0;
	DL_FOREACH (idle, cached)
		remove_from_table(table, cached);
	pthread_mutex_unlock(&table->lock);
	DL_FOREACH_SAFE (idle, cached, next)
		destroy(cached);
}

void cached_part_mark_unlinked(struct cached_part *cached)
{
	atomic_store(&cached->unlinked, true);
}
