#ifndef CAIFS_PLATFORM_CATALOG_BATCH_H
#define CAIFS_PLATFORM_CATALOG_BATCH_H

/*
 * A batch as Catalog describes it, made into a record: contract 3.6. Strings
 * are borrowed from the object. Pure; any thread.
 */

#include "caifs/buffer.h"
#include "caifs/json.h"
#include "caifs/source.h"

/* What is asked for of a batch: all that these functions look at. */
#define CATALOG_BATCH_PROPERTIES                                               \
	"properties=status,created,updated,completed,id,externalId,"           \
	"relatedObjects,createdClient,recordCount,metrics,replay"

/* `item` is a member of a list or look-up: its name is the batch's key. */
struct source_record catalog_batch_record(const cJSON *item);

/* Whether its data are there to be read. */
bool catalog_batch_is_readable(const struct source_record *batch);

/* Whether one of its related objects, of which there may be several of a type,
   is this one. */
bool catalog_batch_is_related(const cJSON *item, const char *type,
			      const char *id);

/* Appends the ids of the batches whose place it has taken, one a line. A
   consolidation has taken nobody's: it is kept "for monitoring purposes" and
   need not have files, so that to believe it could hide the scores themselves
   (contract 3.6, 9). -ENOMEM, -EMSGSIZE. */
int catalog_batch_replaces(const cJSON *item, struct buffer *out);

#endif
