/* Names of datasets: see assigned_names.h. */

#include "assigned_names.h"

#include "caifs/hash.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct assignment {
	char *id, *name;
	UT_hash_handle by_id, by_name;
};

struct assigned_names {
	struct assignment *by_id,
		*by_name; /* two tables of the same assignments */
};

struct assigned_names *assigned_names_create(void)
{
	return calloc(1, sizeof(struct assigned_names));
}

static void free_assignment(struct assignment *assignment)
{
	free(assignment->id);
	free(assignment->name);
	free(assignment);
}

struct assigned_names *assigned_names_destroy(
	struct assigned_names *assigned_names)
{
	struct assignment *assignment, *next;

	if (!assigned_names)
		return NULL;
	HASH_CLEAR(by_name, assigned_names->by_name);
	HASH_ITER (by_id, assigned_names->by_id, assignment, next) {
		HASH_DELETE(by_id, assigned_names->by_id, assignment);
		free_assignment(assignment);
	}
	free(assigned_names);
	return NULL;
}

const char *assigned_names_name(const struct assigned_names *assigned_names,
				const char *id)
{
	struct assignment *assignment;

	HASH_FIND(by_id, assigned_names->by_id, id, strlen(id), assignment);
	return assignment ? assignment->name : NULL;
}

const char *assigned_names_id(const struct assigned_names *assigned_names,
			      const char *name)
{
	struct assignment *assignment;

	HASH_FIND(by_name, assigned_names->by_name, name, strlen(name),
		  assignment);
	return assignment ? assignment->id : NULL;
}

int assigned_names_add(struct assigned_names *assigned_names, const char *id,
		       const char *name)
{
	struct assignment *assignment = calloc(1, sizeof(*assignment));

	if (!assignment)
		return -ENOMEM;
	assignment->id = strdup(id);
	assignment->name = strdup(name);
	if (!assignment->id || !assignment->name)
		goto fail;
	HASH_ADD_KEYPTR(by_id, assigned_names->by_id, assignment->id,
			strlen(id), assignment);
	if (!assignment->by_id.tbl)
		goto fail;
	HASH_ADD_KEYPTR(by_name, assigned_names->by_name, assignment->name,
			strlen(name), assignment);
	if (!assignment->by_name.tbl) {
		HASH_DELETE(by_id, assigned_names->by_id, assignment);
		goto fail;
	}
	return 0;

fail:
	free_assignment(assignment);
	return -ENOMEM;
}
