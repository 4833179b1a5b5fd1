/* The names that were given: see assigned_names.h. */

#include "assigned_names.h"

#include "caifs/hash.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct promise {
	char *id, *name;
	UT_hash_handle by_id, by_name;
};

struct assigned_names {
	struct promise *by_id, *by_name; /* one table each, same promises */
};

struct assigned_names *assigned_names_create(void)
{
	return calloc(1, sizeof(struct assigned_names));
}

static void free_promise(struct promise *promise)
{
	free(promise->id);
	free(promise->name);
	free(promise);
}

struct assigned_names *assigned_names_destroy(
	struct assigned_names *assigned_names)
{
	struct promise *promise, *next;

	if (!assigned_names)
		return NULL;
	HASH_CLEAR(by_name, assigned_names->by_name);
	HASH_ITER (by_id, assigned_names->by_id, promise, next) {
		HASH_DELETE(by_id, assigned_names->by_id, promise);
		free_promise(promise);
	}
	free(assigned_names);
	return NULL;
}

const char *assigned_names_name(const struct assigned_names *assigned_names,
				const char *id)
{
	struct promise *promise;

	HASH_FIND(by_id, assigned_names->by_id, id, strlen(id), promise);
	return promise ? promise->name : NULL;
}

const char *assigned_names_id(const struct assigned_names *assigned_names,
			      const char *name)
{
	struct promise *promise;

	HASH_FIND(by_name, assigned_names->by_name, name, strlen(name),
		  promise);
	return promise ? promise->id : NULL;
}

int assigned_names_add(struct assigned_names *assigned_names, const char *id,
		       const char *name)
{
	struct promise *promise = calloc(1, sizeof(*promise));

	if (!promise)
		return -ENOMEM;
	promise->id = strdup(id);
	promise->name = strdup(name);
	if (!promise->id || !promise->name)
		goto fail;
	HASH_ADD_KEYPTR(by_id, assigned_names->by_id, promise->id, strlen(id),
			promise);
	if (!promise->by_id.tbl)
		goto fail;
	HASH_ADD_KEYPTR(by_name, assigned_names->by_name, promise->name,
			strlen(name), promise);
	if (!promise->by_name.tbl) {
		HASH_DELETE(by_id, assigned_names->by_id, promise);
		goto fail;
	}
	return 0;

fail:
	free_promise(promise);
	return -ENOMEM;
}
