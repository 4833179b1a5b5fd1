#ifndef CAIFS_NAMESPACE_ASSIGNED_NAMES_H
#define CAIFS_NAMESPACE_ASSIGNED_NAMES_H

/*
 * The names assigned in the root, each to one dataset until unmount. A dataset
 * of the same name that appears later gets another name; a dataset renamed on
 * the platform keeps its assigned name.
 *
 * Guarded by the namespace's lock.
 */

#include <stdbool.h>

struct assigned_names;

struct assigned_names *assigned_names_create(void); /* NULL: no memory */
struct assigned_names *assigned_names_destroy(
	struct assigned_names *assigned_names);

/* Borrowed until destroyed. NULL: not assigned. */
const char *assigned_names_name(const struct assigned_names *assigned_names,
				const char *id);
const char *assigned_names_id(const struct assigned_names *assigned_names,
			      const char *name);

/* Copies both; neither may be assigned already. 0 or -ENOMEM. */
int assigned_names_add(struct assigned_names *assigned_names, const char *id,
		       const char *name);

#endif
