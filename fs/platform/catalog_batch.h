#ifndef CAIFS_PLATFORM_CATALOG_BATCH_H
#define CAIFS_PLATFORM_CATALOG_BATCH_H

/*
 * A batch as Catalog describes it, made into a record: contract 3.6. Strings
 * are borrowed from the object. Pure.
 */

#include "caifs/source.h"
#include "json.h"

/* What is asked for of a batch: all that these functions look at. */
#define CATALOG_BATCH_PROPERTIES                                               \
	"properties=status,created,updated,completed,id,externalId,"           \
	"relatedObjects,createdClient,recordCount,metrics"

/* `item` is a member of a list or look-up: its name is the batch's key. */
struct source_record catalog_batch_record(const cJSON *item);

/* Whether its data are there to be read. */
bool catalog_batch_is_readable(const struct source_record *batch);

/* The ID of the first related object of this type, or "". */
const char *catalog_batch_related(const cJSON *item, const char *type);

#endif
