/* Export jobs as JSON: see export_job.h. */

#include "export_job.h"

#include "caifs/array.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A smaller time is in seconds: as ms this is the year 1973, as seconds 5138.
 */
#define FIRST_MS INT64_C(100000000000)

bool export_id_is_plain(const char *text)
{
	size_t length = strlen(text);

	if (length == 0 || length > EXPORT_ID_MAX || text[0] == '.' ||
	    text[0] == '-')
		return false;
	for (; *text; text++)
		if ((unsigned char)*text > '~' ||
		    (!isalnum((unsigned char)*text) && !strchr("_-.:@", *text)))
			return false;
	return true;
}

static bool take_id(const char *text, struct export_id *ret)
{
	if (!export_id_is_plain(text))
		return false;
	strcpy(ret->text, text);
	return true;
}

bool export_id_read(const cJSON *object, const char *name,
		    struct export_id *ret)
{
	const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, name);
	int64_t number;

	if (cJSON_IsString(item))
		return take_id(item->valuestring, ret);
	if (!json_number(object, name, &number))
		return false;
	snprintf(ret->text, sizeof(ret->text), "%" PRId64, number);
	return true;
}

int64_t export_time_read(const cJSON *object, const char *name)
{
	int64_t time = 0;

	if (!json_number(object, name, &time))
		return 0;
	return time < FIRST_MS ? time * 1000 : time;
}

void export_word_read(const cJSON *object, const char *name, char *to,
		      size_t size)
{
	snprintf(to, size, "%s", json_text(object, name, ""));
	for (; *to; to++)
		if ((unsigned char)*to < ' ' || *to == 0x7f)
			*to = '?';
}

/* --- Reading --- */

struct ids {
	struct export_id *items;
	size_t count, room;
};

/* Adds the id unless it is there. */
static int add_id(struct ids *ids, const struct export_id *id)
{
	for (size_t i = 0; i < ids->count; i++)
		if (strcmp(ids->items[i].text, id->text) == 0)
			return 0;
	if (ids->count == EXPORT_JOB_IDS_MAX)
		return -EMSGSIZE;
	if (!array_grow((void **)&ids->items, &ids->room, ids->count,
			sizeof(*ids->items)))
		return -ENOMEM;
	ids->items[ids->count++] = *id;
	return 0;
}

/* Moves the ids out, without spare room: there may be many jobs. */
static struct export_id *give_ids(struct ids *ids, size_t *ret_count)
{
	struct export_id *cut =
		reallocarray(ids->items, ids->count, sizeof(*cut));

	*ret_count = ids->count;
	return cut ? cut : ids->items;
}

static int add_member(struct ids *ids, const cJSON *object, const char *name)
{
	struct export_id id;

	return export_id_read(object, name, &id) ? add_id(ids, &id) : 0;
}

/* `batchId` ("" until there is one) and `batches`: an array of objects or ids,
   or one object. */
static int read_batches(const cJSON *destination, struct ids *ids)
{
	const cJSON *batches, *item;
	int err = add_member(ids, destination, "batchId");

	batches = cJSON_GetObjectItemCaseSensitive(destination, "batches");
	if (!err && cJSON_IsObject(batches))
		err = add_member(ids, batches, "batchId");
	if (!cJSON_IsArray(batches))
		return err;
	cJSON_ArrayForEach (item, batches) {
		struct export_id id;

		if (err)
			break;
		if (cJSON_IsString(item) && take_id(item->valuestring, &id))
			err = add_id(ids, &id);
		else
			err = add_member(ids, item, "batchId");
	}
	return err;
}

static int read_audiences(const cJSON *job, struct ids *ids)
{
	const cJSON *filter = cJSON_GetObjectItemCaseSensitive(job, "filter");
	const cJSON *item;
	int err = 0;

	cJSON_ArrayForEach (
		item, cJSON_GetObjectItemCaseSensitive(filter, "segments")) {
		err = add_member(ids, item, "segmentId");
		if (err)
			break;
	}
	return err;
}

static enum export_state state_of(const char *status)
{
	if (strcmp(status, "SUCCEEDED") == 0)
		return EXPORT_SUCCEEDED;
	if (strcmp(status, "FAILED") == 0 || strcmp(status, "CANCELLED") == 0)
		return EXPORT_FAILED;
	return EXPORT_GOING;
}

static void read_error(const cJSON *job, char *to, size_t size)
{
	const cJSON *errors = cJSON_GetObjectItemCaseSensitive(job, "errors");
	const cJSON *first = cJSON_IsArray(errors) ? errors->child : errors;
	char code[32], words[200];

	export_word_read(first, "code", code, sizeof(code));
	export_word_read(first, "msg", words, sizeof(words));
	if (!words[0])
		export_word_read(first, "message", words, sizeof(words));
	snprintf(to, size, "%s%s%s", code, code[0] && words[0] ? " " : "",
		 words);
}

int export_job_read(const cJSON *item, struct export_job *ret)
{
	struct export_job job = {.profiles = -1};
	const cJSON *destination =
		cJSON_GetObjectItemCaseSensitive(item, "destination");
	struct ids batches = {0}, audiences = {0};
	int err;

	if (!cJSON_IsObject(item) || !export_id_read(item, "id", &job.id))
		return -EBADMSG;
	export_word_read(item, "status", job.status, sizeof(job.status));
	job.state = state_of(job.status);
	if (!export_id_read(destination, "datasetId", &job.dataset))
		export_id_read(destination, "dataSetId", &job.dataset);
	json_number(cJSON_GetObjectItemCaseSensitive(item, "metrics"),
		    "totalExportedProfileCounter", &job.profiles);
	job.created_ms = export_time_read(item, "creationTime");
	job.updated_ms = export_time_read(item, "updateTime");
	read_error(item, job.error, sizeof(job.error));
	err = read_batches(destination, &batches);
	if (!err)
		err = read_audiences(item, &audiences);
	if (batches.count)
		job.batches = give_ids(&batches, &job.batch_count);
	if (audiences.count)
		job.audiences = give_ids(&audiences, &job.audience_count);
	if (err)
		export_job_finish(&job);
	else
		*ret = job;
	return err;
}

void export_job_finish(struct export_job *job)
{
	free(job->audiences);
	free(job->batches);
	job->audiences = job->batches = NULL;
	job->audience_count = job->batch_count = 0;
}

void export_jobs_finish(struct export_jobs *jobs)
{
	for (size_t i = 0; i < jobs->count; i++)
		export_job_finish(&jobs->items[i]);
	free(jobs->items);
	*jobs = (struct export_jobs){0};
}

/* --- The request --- */

static bool add_segments(cJSON *filter, const struct export_order *order)
{
	cJSON *segments = cJSON_AddArrayToObject(filter, "segments");
	bool good = segments;

	for (size_t i = 0; good && i < order->audience_count; i++) {
		cJSON *segment = cJSON_CreateObject(), *status;

		good = segment && cJSON_AddItemToArray(segments, segment) &&
		       cJSON_AddStringToObject(segment, "segmentId",
					       order->audiences[i]) &&
		       cJSON_AddStringToObject(segment, "segmentNs", "ups") &&
		       (status = cJSON_AddArrayToObject(segment, "status")) &&
		       cJSON_AddItemToArray(status,
					    cJSON_CreateString("realized"));
	}
	return good;
}

static bool add_filter(cJSON *body, const struct export_order *order)
{
	cJSON *filter = cJSON_AddObjectToObject(body, "filter");

	return filter && add_segments(filter, order) &&
	       (!order->since ||
		cJSON_AddStringToObject(filter, "fromIngestTimestamp",
					order->since));
}

static bool add_merge_policy(cJSON *body, const struct export_order *order)
{
	cJSON *policy;

	if (!order->merge_policy)
		return true;
	policy = cJSON_AddObjectToObject(body, "mergePolicy");
	return policy &&
	       cJSON_AddStringToObject(policy, "id", order->merge_policy) &&
	       (order->merge_policy_version == 0 ||
		cJSON_AddNumberToObject(policy, "version",
					(double)order->merge_policy_version));
}

static bool add_destination(cJSON *body, const struct export_order *order)
{
	cJSON *destination = cJSON_AddObjectToObject(body, "destination");

	return destination &&
	       cJSON_AddStringToObject(destination, "datasetId",
				       order->dataset) &&
	       cJSON_AddFalseToObject(destination, "segmentPerBatch");
}

cJSON *export_job_body(const struct export_order *order)
{
	cJSON *body = cJSON_CreateObject(), *schema;

	if (body &&
	    (!order->fields ||
	     cJSON_AddStringToObject(body, "fields", order->fields)) &&
	    add_merge_policy(body, order) && add_filter(body, order) &&
	    add_destination(body, order) &&
	    (schema = cJSON_AddObjectToObject(body, "schema")) &&
	    cJSON_AddStringToObject(schema, "name", "_xdm.context.profile"))
		return body;
	cJSON_Delete(body);
	return NULL;
}

bool export_job_matches(const struct export_job *job,
			const struct export_order *order, int64_t since_ms)
{
	if (strcmp(job->dataset.text, order->dataset) != 0 ||
	    job->created_ms < since_ms ||
	    job->audience_count != order->audience_count)
		return false;
	for (size_t i = 0; i < job->audience_count; i++) {
		bool ordered = false;

		for (size_t k = 0; k < order->audience_count && !ordered; k++)
			ordered = strcmp(job->audiences[i].text,
					 order->audiences[k]) == 0;
		if (!ordered)
			return false;
	}
	return true;
}
