#ifndef CAIFS_PLATFORM_CATALOG_BATCH_H
#define CAIFS_PLATFORM_CATALOG_BATCH_H

/*
 * A batch of Catalog as a source record: contract 3.6. Strings are borrowed
 * from the JSON object. Pure; any thread.
 */

#include "caifs/buffer.h"
#include "caifs/json.h"
#include "caifs/source.h"

/* The properties that these functions read. */
#define CATALOG_BATCH_PROPERTIES                                               \
	"properties=status,created,updated,completed,id,externalId,"           \
	"relatedObjects,createdClient,recordCount,metrics,replay"

/* `item` is a member of a list or look-up answer; its name, not NULL, is the
   batch's key. `replaces` is left "". */
struct source_record catalog_batch_record(const cJSON *item);

/* Whether its parts can be read, by its status. */
bool catalog_batch_is_readable(const struct source_record *batch);

/* Whether one of its related objects has this type and id. There may be several
   of a type. */
bool catalog_batch_is_related(const cJSON *item, const char *type,
			      const char *id);

/* Appends the ids of the batches that it replaces, one a line. Nothing for a
   consolidation: that is kept "for monitoring purposes" and need not have
   files, so its predecessors must stay visible (contract 3.6, 9). -ENOMEM,
   -EMSGSIZE. */
int catalog_batch_replaces(const cJSON *item, struct buffer *out);

#endif
