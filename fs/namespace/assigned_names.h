#ifndef CAIFS_NAMESPACE_ASSIGNED_NAMES_H
#define CAIFS_NAMESPACE_ASSIGNED_NAMES_H

/*
 * The names that were given in the root, each to one dataset for as long as
 * the mount lasts: a namesake that turns up later gets another name, and one
 * that is renamed on the platform keeps the one it has here.
 *
 * Guarded by the namespace's lock.
 */

#include <stdbool.h>

struct assigned_names;

struct assigned_names *assigned_names_create(void); /* NULL: -ENOMEM */
struct assigned_names *assigned_names_destroy(
	struct assigned_names *assigned_names);

/* Borrowed; NULL: none yet. */
const char *assigned_names_name(const struct assigned_names *assigned_names,
				const char *id);
const char *assigned_names_id(const struct assigned_names *assigned_names,
			      const char *name);

/* 0, or -ENOMEM. Neither `id` nor `name` may be in it already. */
int assigned_names_add(struct assigned_names *assigned_names, const char *id,
		       const char *name);

#endif
