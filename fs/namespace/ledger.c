/* The names that were given: see ledger.h. */

#include "ledger.h"

#include "caifs/hash.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct promise {
	char *id, *name;
	UT_hash_handle by_id, by_name;
};

struct ledger {
	struct promise *by_id, *by_name; /* one table each, same promises */
};

struct ledger *ledger_create(void)
{
	return calloc(1, sizeof(struct ledger));
}

static void free_promise(struct promise *promise)
{
	free(promise->id);
	free(promise->name);
	free(promise);
}

struct ledger *ledger_destroy(struct ledger *ledger)
{
	struct promise *promise, *next;

	if (!ledger)
		return NULL;
	HASH_CLEAR(by_name, ledger->by_name);
	HASH_ITER (by_id, ledger->by_id, promise, next) {
		HASH_DELETE(by_id, ledger->by_id, promise);
		free_promise(promise);
	}
	free(ledger);
	return NULL;
}

const char *ledger_name(const struct ledger *ledger, const char *id)
{
	struct promise *promise;

	HASH_FIND(by_id, ledger->by_id, id, strlen(id), promise);
	return promise ? promise->name : NULL;
}

const char *ledger_id(const struct ledger *ledger, const char *name)
{
	struct promise *promise;

	HASH_FIND(by_name, ledger->by_name, name, strlen(name), promise);
	return promise ? promise->id : NULL;
}

int ledger_add(struct ledger *ledger, const char *id, const char *name)
{
	struct promise *promise = calloc(1, sizeof(*promise));

	if (!promise)
		return -ENOMEM;
	promise->id = strdup(id);
	promise->name = strdup(name);
	if (!promise->id || !promise->name)
		goto fail;
	HASH_ADD_KEYPTR(by_id, ledger->by_id, promise->id, strlen(id), promise);
	if (!promise->by_id.tbl)
		goto fail;
	HASH_ADD_KEYPTR(by_name, ledger->by_name, promise->name, strlen(name),
			promise);
	if (!promise->by_name.tbl) {
		HASH_DELETE(by_id, ledger->by_id, promise);
		goto fail;
	}
	return 0;

fail:
	free_promise(promise);
	return -ENOMEM;
}
