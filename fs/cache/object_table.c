/* The files of parts that are in use: see object_table.h. */

#include "object_table.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <utlist.h>

#include "caifs/clock.h"

enum { MOST_IDLE = 128, TOUCH_MS = 60 * 1000 };

void object_table_init(struct object_table *table, int directory)
{
	*table = (struct object_table){.directory = directory};
	pthread_mutex_init(&table->lock, NULL);
}

static void destroy(struct object *object)
{
	close(object->file.fd);
	free(object);
}

void object_table_finish(struct object_table *table)
{
	struct object *object, *next;

	HASH_ITER (hh, table->objects, object, next) {
		HASH_DEL(table->objects, object);
		destroy(object);
	}
	pthread_mutex_destroy(&table->lock);
}

/* --- With the lock held --- */

static void take_out(struct object_table *table, struct object *object)
{
	if (object->there)
		HASH_DEL(table->objects, object);
	object->there = false;
}

static struct object *find(struct object_table *table, const char *name)
{
	struct object *object;

	HASH_FIND_STR(table->objects, name, object);
	return object;
}

static void hold(struct object_table *table, struct object *object)
{
	if (object->holders++ > 0)
		return;
	DL_DELETE(table->idle, object);
	table->idle_count--;
}

/* Returns what is to be destroyed without the lock, or NULL. */
static struct object *let_go(struct object_table *table, struct object *object)
{
	struct object *oldest;

	if (--object->holders > 0)
		return NULL;
	/* One that is unlinked stays, for whoever wants it next to remove it.
	 */
	if (!object->there)
		return object;
	DL_APPEND(table->idle, object);
	if (++table->idle_count <= MOST_IDLE)
		return NULL;
	oldest = table->idle;
	DL_DELETE(table->idle, oldest);
	table->idle_count--;
	take_out(table, oldest);
	return oldest;
}

/* --- Getting one --- */

static struct object *take_known(struct object_table *table,
				 const struct object_key *key)
{
	struct object *object;

	pthread_mutex_lock(&table->lock);
	object = find(table, key->name);
	if (object)
		hold(table, object);
	pthread_mutex_unlock(&table->lock);
	return object;
}

/* Puts it into the table, unless another thread was quicker. */
static struct object *enter(struct object_table *table,
			    const struct object_key *key,
			    const struct object_file *file)
{
	struct object *object = calloc(1, sizeof(*object)), *other;

	if (!object) {
		close(file->fd);
		return NULL;
	}
	strcpy(object->name, key->name);
	object->file = *file;
	object->holders = 1;
	pthread_mutex_lock(&table->lock);
	other = find(table, key->name);
	if (other) {
		hold(table, other);
	} else {
		HASH_ADD_STR(table->objects, name, object);
		object->there = object->hh.tbl != NULL;
	}
	pthread_mutex_unlock(&table->lock);
	if (!other)
		return object;
	destroy(object);
	return other;
}

static void forget(struct object_table *table, struct object *object)
{
	object_mark_unlinked(object);
	pthread_mutex_lock(&table->lock);
	take_out(table, object);
	pthread_mutex_unlock(&table->lock);
	object_put(table, object);
}

/* Of no use: unlinked, gone from the disk, or of another version. */
static bool is_useless(const struct object *object, const char *version)
{
	return atomic_load(&object->unlinked) ||
	       object_is_gone(&object->file) ||
	       (version && strcmp(version, object->file.version) != 0);
}

static void touch(struct object_table *table, struct object *object)
{
	int64_t now_ms = clock_now_ms();
	bool due;

	pthread_mutex_lock(&table->lock);
	due = object->touched_ms == 0 || now_ms - object->touched_ms > TOUCH_MS;
	if (due)
		object->touched_ms = now_ms;
	pthread_mutex_unlock(&table->lock);
	if (due)
		object_touch(&object->file);
}

/* Opens it, or makes it. */
static int open_file(struct object_table *table, const struct object_key *key,
		     const char *version, struct object_file *ret_file)
{
	int err = object_open(table->directory, key, ret_file);

	if (err == -EBADMSG) {
		int failed = directory_remove(table->directory, key->name);

		/* What cannot be removed stands in this part's way alone. */
		return failed && failed != -ENOENT ? -EEXIST : -EBADMSG;
	}
	if (!err || !version || err != -ENOENT)
		return err;
	err = object_create(table->directory, key, version, ret_file);
	if (err == -EEXIST) /* another process was quicker */
		err = object_open(table->directory, key, ret_file);
	return err;
}

int object_get(struct object_table *table, const struct object_key *key,
	       const char *version, struct object **ret_object)
{
	/* Each round drops one that is of no use; others may put it back. */
	for (int round = 0; round < 4; round++) {
		struct object *object = take_known(table, key);
		struct object_file file;
		int err;

		if (!object) {
			err = open_file(table, key, version, &file);
			if (err)
				return err;
			object = enter(table, key, &file);
			if (!object)
				return -ENOMEM;
		}
		if (!is_useless(object, version)) {
			touch(table, object);
			*ret_object = object;
			return 0;
		}
		/* In this order: while it is there nobody opens it anew. */
		directory_remove_open(table->directory, key->name,
				      object->file.fd);
		forget(table, object);
	}
	return -ENOENT;
}

void object_put(struct object_table *table, struct object *object)
{
	if (!object)
		return;
	pthread_mutex_lock(&table->lock);
	object = let_go(table, object);
	pthread_mutex_unlock(&table->lock);
	if (object)
		destroy(object);
}

void object_table_drop_idle(struct object_table *table)
{
	struct object *idle, *object, *next;

	pthread_mutex_lock(&table->lock);
	idle = table->idle;
	table->idle = NULL;
	table->idle_count = 0;
	DL_FOREACH (idle, object)
		take_out(table, object);
	pthread_mutex_unlock(&table->lock);
	DL_FOREACH_SAFE (idle, object, next)
		destroy(object);
}

void object_mark_unlinked(struct object *object)
{
	atomic_store(&object->unlinked, true);
}
