#ifndef CAIFS_NAMESPACE_LEDGER_H
#define CAIFS_NAMESPACE_LEDGER_H

/*
 * The names that were given in the root, each to one dataset for as long as
 * the mount lasts: a namesake that turns up later gets another name, and one
 * that is renamed on the platform keeps the one it has here.
 *
 * Guarded by the namespace's lock.
 */

#include <stdbool.h>

struct ledger;

struct ledger *ledger_create(void); /* NULL: -ENOMEM */
struct ledger *ledger_destroy(struct ledger *ledger);

/* Borrowed; NULL: none yet. */
const char *ledger_name(const struct ledger *ledger, const char *id);
const char *ledger_id(const struct ledger *ledger, const char *name);

/* 0, or -ENOMEM. Neither `id` nor `name` may be in it already. */
int ledger_add(struct ledger *ledger, const char *id, const char *name);

#endif
