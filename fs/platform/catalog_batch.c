/* Batches of Catalog: see catalog_batch.h. */

#include "catalog_batch.h"

#include <string.h>
#include <strings.h>

static int64_t number_or(const cJSON *object, const char *name,
			 int64_t otherwise)
{
	json_number(object, name, &otherwise);
	return otherwise;
}

/* The id of the first related object of this type, or "". */
static const char *related(const cJSON *item, const char *type)
{
	const cJSON *objects =
		cJSON_GetObjectItemCaseSensitive(item, "relatedObjects");
	const cJSON *object;

	cJSON_ArrayForEach (object, objects)
		if (strcmp(json_text(object, "type", ""), type) == 0)
			return json_text(object, "id", "");
	return "";
}

bool catalog_batch_is_related(const cJSON *item, const char *type,
			      const char *id)
{
	const cJSON *objects =
		cJSON_GetObjectItemCaseSensitive(item, "relatedObjects");
	const cJSON *object;

	cJSON_ArrayForEach (object, objects)
		if (strcmp(json_text(object, "type", ""), type) == 0 &&
		    strcmp(json_text(object, "id", ""), id) == 0)
			return true;
	return false;
}

/* Some producers put a path before the id. */
static const char *without_prefix(const char *id)
{
	static const char prefix[] = "/adobe/bulkingest/";

	return strncmp(id, prefix, sizeof(prefix) - 1) == 0
		       ? id + sizeof(prefix) - 1
		       : id;
}

/* The Data Access id: a related `batch`, else `id`, else the key. The next one
   that differs is the alternate id (contract 3.6). */
static void set_batch_ids(struct source_record *record, const cJSON *item)
{
	const char *candidates[] = {
		related(item, "batch"), json_text(item, "id", ""), item->string,
		without_prefix(json_text(item, "externalId", ""))};

	for (size_t i = 0; i < sizeof(candidates) / sizeof(*candidates); i++) {
		const char *id = candidates[i];

		if (!*id)
			continue;
		if (!*record->id)
			record->id = id;
		else if (strcmp(id, record->id) != 0 &&
			 strcmp(id, record->key) != 0 && !*record->alternate_id)
			record->alternate_id = id;
	}
}

struct source_record catalog_batch_record(const cJSON *item)
{
	const cJSON *metrics =
		cJSON_GetObjectItemCaseSensitive(item, "metrics");
	int64_t created = number_or(item, "created", 0);
	int64_t ended = number_or(metrics, "endTime",
				  number_or(item, "updated", created));
	struct source_record record = {
		.id = "",
		.key = item->string,
		.alternate_id = "",
		.name = "",
		.status = json_text(item, "status", ""),
		.client = json_text(item, "createdClient", ""),
		.replaces = "",
		.created_ms = created,
		.modified_ms = number_or(item, "completed", ended),
		.record_count = number_or(
			item, "recordCount",
			number_or(metrics, "outputRecordCount",
				  number_or(metrics, "recordsWritten", -1))),
	};

	set_batch_ids(&record, item);
	return record;
}

/* `success` and `active` mean the same (contract 3.6). */
bool catalog_batch_is_readable(const struct source_record *batch)
{
	return *batch->id && (strcmp(batch->status, "success") == 0 ||
			      strcmp(batch->status, "active") == 0);
}

static int append_ids(const cJSON *ids, struct buffer *out)
{
	const cJSON *id;
	int err = 0;

	cJSON_ArrayForEach (id, ids) {
		if (!cJSON_IsString(id) || !*id->valuestring)
			continue;
		if (out->size)
			err = buffer_append(out, "\n", 1);
		if (!err)
			err = buffer_append_text(
				out, without_prefix(id->valuestring));
		if (err)
			return err;
	}
	return 0;
}

int catalog_batch_replaces(const cJSON *item, struct buffer *out)
{
	const cJSON *replay = cJSON_GetObjectItemCaseSensitive(item, "replay");
	int err;

	if (strcasecmp(json_text(replay, "reason", ""), "consolidation") == 0)
		return 0;
	err = append_ids(
		cJSON_GetObjectItemCaseSensitive(replay, "predecessors"), out);
	if (err)
		return err;
	return append_ids(cJSON_GetObjectItemCaseSensitive(
				  replay, "predecessorsByExternalId"),
			  out);
}
