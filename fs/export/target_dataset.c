/*
 * Datasets that audiences are exported to: see export.h. Contract 3 and 6.
 *
 * A POST whose answer was lost is not repeated. The dataset that it may have
 * made is searched among the newest, by its name.
 */

#include "caifs/export.h"
#include "export_job.h"
#include "sync_request.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define DATASETS   "/data/foundation/catalog/dataSets"
#define PROPERTIES "properties=name,created,schemaRef"

/* The profile schema: only datasets of it can take audiences. */
static const char union_schema[] =
	"https://ns.adobe.com/xdm/context/profile__union";

/* "": not known. */
static const char *schema_of(const cJSON *dataset)
{
	return json_text(cJSON_GetObjectItemCaseSensitive(dataset, "schemaRef"),
			 "id", "");
}

int export_check_dataset(struct export *export, const char *id)
{
	const cJSON *dataset;
	char path[512];
	cJSON *root = NULL;
	int err;

	if (!export_id_is_plain(id))
		return sync_request_fail(export, -EINVAL,
					 "'%.40s' is not an id", id);
	snprintf(path, sizeof(path), DATASETS "/%s?" PROPERTIES, id);
	err = sync_request_get(export, path, &root);
	if (err && err != -ENOENT)
		return err;
	dataset = err ? NULL : cJSON_GetObjectItemCaseSensitive(root, id);
	if (!cJSON_IsObject(dataset))
		err = sync_request_fail(export, -ENOENT,
					"there is no dataset %s", id);
	else if (*schema_of(dataset) &&
		 strcmp(schema_of(dataset), union_schema) != 0)
		err = sync_request_fail(
			export, -EMEDIUMTYPE,
			"dataset %s has the schema %s, but an audience "
			"can only be exported to a dataset with %s",
			id, schema_of(dataset), union_schema);
	cJSON_Delete(root);
	return err;
}

/* --- By name --- */

/* The newest dataset of a page with this name, made at `since_ms` or later.
   Returns how many match. */
static int find_on_page(const cJSON *root, const char *name, int64_t since_ms,
			struct export_id *ret)
{
	int64_t newest_ms = -1;
	const cJSON *item;
	int count = 0;

	cJSON_ArrayForEach (item, root) {
		int64_t created_ms = export_time_read(item, "created");

		if (!item->string || !export_id_is_plain(item->string) ||
		    strcmp(json_text(item, "name", ""), name) != 0 ||
		    created_ms < since_ms)
			continue;
		count++;
		if (created_ms > newest_ms) {
			newest_ms = created_ms;
			strcpy(ret->text, item->string);
		}
	}
	return count;
}

static int find(struct export *export, const char *path, const char *name,
		int64_t since_ms, struct export_id *ret, int *ret_count)
{
	cJSON *root;
	int err = sync_request_get(export, path, &root);

	*ret_count = 0;
	if (err) /* an empty list is {} or a 404: contract 3.1 */
		return err == -ENOENT ? 0 : err;
	*ret_count = find_on_page(root, name, since_ms, ret);
	cJSON_Delete(root);
	return 0;
}

int export_find_dataset(struct export *export, const char *name,
			struct export_id *ret)
{
	struct buffer path, filter;
	int count = 0, err;

	buffer_init(&path, 64 * 1024);
	buffer_init(&filter, 64 * 1024);
	err = buffer_printf(&filter, "name==%s", name) ||
	      buffer_append_text(&path,
				 DATASETS "?" PROPERTIES
					  "&orderBy=desc:created&limit=100"
					  "&property=") ||
	      buffer_append_encoded(&path, buffer_text(&filter));
	if (err)
		err = sync_request_fail(export, -ENOMEM, "%s",
					strerror(ENOMEM));
	else
		err = find(export, buffer_text(&path), name, 0, ret, &count);
	buffer_finish(&filter);
	buffer_finish(&path);
	if (!err && count == 0)
		err = sync_request_fail(export, -ENOENT,
					"there is no dataset with that name");
	return err;
}

/* --- Making one --- */

static cJSON *body_of(const char *name)
{
	cJSON *body = cJSON_CreateObject(), *schema, *file;

	if (body && cJSON_AddStringToObject(body, "name", name) &&
	    (schema = cJSON_AddObjectToObject(body, "schemaRef")) &&
	    cJSON_AddStringToObject(schema, "id", union_schema) &&
	    cJSON_AddStringToObject(
		    schema, "contentType",
		    "application/vnd.adobe.xed+json;version=1") &&
	    (file = cJSON_AddObjectToObject(body, "fileDescription")) &&
	    cJSON_AddTrueToObject(file, "persisted") &&
	    cJSON_AddStringToObject(file, "containerFormat", "parquet") &&
	    cJSON_AddStringToObject(file, "format", "parquet") &&
	    cJSON_AddStringToObject(body, "aspect", "production"))
		return body;
	cJSON_Delete(body);
	return NULL;
}

/* ["@/dataSets/ID"], in any case: contract 3.1. */
static int read_made(const cJSON *root, struct export_id *ret)
{
	const cJSON *first = cJSON_IsArray(root) ? root->child : root;
	const char *slash =
		cJSON_IsString(first) ? strrchr(first->valuestring, '/') : NULL;

	if (!slash || !export_id_is_plain(slash + 1))
		return -EBADMSG;
	strcpy(ret->text, slash + 1);
	return 0;
}

struct search {
	struct export *export;
	const char *name;
	int64_t since_ms;
	struct export_id found;
};

/* Without a filter: its index may not have the new dataset yet. */
static int look(void *data, int *ret_count)
{
	struct search *s = data;

	return find(s->export,
		    DATASETS "?" PROPERTIES "&orderBy=desc:created&limit=100",
		    s->name, s->since_ms, &s->found, ret_count);
}

int export_make_dataset(struct export *export, const char *name,
			struct export_id *ret)
{
	struct search search = {.export = export,
				.name = name,
				.since_ms = sync_request_now_ms(export)};
	cJSON *body = body_of(name), *root;
	int err;

	if (!body)
		return sync_request_fail(export, -ENOMEM, "%s",
					 strerror(ENOMEM));
	err = sync_request_post(export, DATASETS, body, &root);
	cJSON_Delete(body);
	if (!err) {
		err = read_made(root, ret);
		cJSON_Delete(root);
		if (!err)
			return 0;
		export->uncertain = true;
		sync_request_fail(export, err, "the answer has no dataset id");
	}
	if (!export->uncertain)
		return err;
	err = sync_request_find_lost(export, "dataset", look, &search);
	if (!err)
		*ret = search.found;
	return err;
}
