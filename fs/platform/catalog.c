/*
 * Catalog: see catalog.h. Lists and look-ups alike answer with an object keyed
 * by ID (contract 3.1); an empty list is `{}` or a 404.
 *
 * Lists are paged by offset over a set that moves. Each page begins one row
 * before the last one ended and must hold a row already seen; where it does
 * not, rows were taken out in front of it and one may have been missed, so the
 * list starts over, once. Rows that come twice are the receiver's to drop.
 */

#include "catalog.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <xxhash.h>

enum { PAGE_SIZE = 100 };

#define CATALOG		   "/data/foundation/catalog"
#define DATASET_PROPERTIES "properties=name,created,updated"
#define BATCH_PROPERTIES                                                       \
	"properties=status,created,updated,completed,id,externalId,"           \
	"relatedObjects,createdClient,recordCount,metrics"
#define READABLE "status=success,active"

static const char score_prefix[] = "Customer AI Scores";

/* Where a paged list has got to. */
struct paging {
	int64_t start;
	XXH64_hash_t last_page[PAGE_SIZE];
	size_t last_count;
	bool restarted;
	size_t next_id; /* of config->dataset_ids, after the pages */
	int question;	/* the catalog_batch and catalog_latest plans' */
};

static struct paging *paging_of(struct listing *l)
{
	return l->state;
}

static int make_state(struct listing *l)
{
	l->state = calloc(1, sizeof(struct paging));
	return l->state ? 0 : -ENOMEM;
}

static void free_state(struct listing *l)
{
	free(l->state);
}

/* --- Records --- */

static int64_t number_or(const cJSON *object, const char *name,
			 int64_t otherwise)
{
	json_number(object, name, &otherwise);
	return otherwise;
}

static struct source_record dataset_record(const cJSON *item)
{
	return (struct source_record){
		.id = item->string,
		.key = "",
		.alternate_id = "",
		.name = json_text(item, "name", ""),
		.status = "",
		.client = "",
		.created_ms = number_or(item, "created", 0),
		.modified_ms = number_or(item, "updated",
					 number_or(item, "created", 0)),
		.record_count = -1,
	};
}

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

static const char *external_id(const cJSON *item)
{
	static const char prefix[] = "/adobe/bulkingest/";
	const char *id = json_text(item, "externalId", "");

	return strncmp(id, prefix, sizeof(prefix) - 1) == 0
		       ? id + sizeof(prefix) - 1
		       : id;
}

/* Three generations of ids: a related `batch`, else `id`, else the key; the
   next in line is the alternate (contract 3.6). */
static void set_batch_ids(struct source_record *record, const cJSON *item)
{
	const char *candidates[] = {related(item, "batch"),
				    json_text(item, "id", ""), item->string,
				    external_id(item)};

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

static struct source_record batch_record(const cJSON *item)
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
static bool is_readable(const struct source_record *batch)
{
	return *batch->id && (strcmp(batch->status, "success") == 0 ||
			      strcmp(batch->status, "active") == 0);
}

/* --- Paged lists --- */

/* Notes the ids of this page; false when it does not touch the last one.
   `*ret_new`: ids that the last one did not have. */
static bool joins_last_page(struct paging *p, const cJSON *root,
			    size_t *ret_new)
{
	XXH64_hash_t seen[PAGE_SIZE];
	bool joined = p->last_count == 0, known;
	size_t count = 0;
	const cJSON *item;

	cJSON_ArrayForEach (item, root) {
		XXH64_hash_t id =
			XXH3_64bits(item->string, strlen(item->string));

		if (count == PAGE_SIZE)
			break;
		seen[count++] = id;
		known = false;
		for (size_t i = 0; i < p->last_count && !known; i++)
			known = p->last_page[i] == id;
		joined |= known;
		*ret_new += !known;
	}
	memcpy(p->last_page, seen, count * sizeof(seen[0]));
	p->last_count = count;
	return joined;
}

/* LISTING_MORE with `p->start` moved on, LISTING_DONE after the last page, or
   an error. `give` is told whether this page is of use. */
static int turn_page(struct listing *l, const cJSON *root, bool *ret_use)
{
	struct paging *p = paging_of(l);
	int count = cJSON_GetArraySize(root);
	size_t fresh = 0;

	*ret_use = true;
	if (!joins_last_page(p, root, &fresh)) {
		if (p->restarted)
			return -EIO;
		*p = (struct paging){.restarted = true};
		*ret_use = false;
		listing_restart(l);
		return LISTING_MORE;
	}
	if (count < PAGE_SIZE)
		return LISTING_DONE;
	if (fresh == 0) /* `start` is not honoured: it would never end */
		return -EIO;
	p->start += PAGE_SIZE - 1;
	return LISTING_MORE;
}

/* --- Datasets --- */

static bool wanted_dataset(const struct listing *l,
			   const struct source_record *record)
{
	return l->config->all_datasets ||
	       strncmp(record->name, score_prefix, sizeof(score_prefix) - 1) ==
		       0;
}

static int datasets_page_path(struct listing *l)
{
	buffer_clear(&l->path);
	if (buffer_printf(&l->path,
			  CATALOG
			  "/dataSets?" DATASET_PROPERTIES
			  "&orderBy=asc:created&limit=%d&start=%" PRId64,
			  PAGE_SIZE, paging_of(l)->start))
		return -ENOMEM;
	if (!l->config->all_datasets &&
	    (buffer_append_text(&l->path, "&property=") ||
	     buffer_append_encoded(&l->path, "name~^Customer AI Scores")))
		return -ENOMEM;
	return LISTING_MORE;
}

static int dataset_path(struct listing *l, const char *id)
{
	buffer_clear(&l->path);
	if (buffer_append_text(&l->path, CATALOG "/dataSets/") ||
	    buffer_append_encoded(&l->path, id) ||
	    buffer_append_text(&l->path, "?" DATASET_PROPERTIES))
		return -ENOMEM;
	return LISTING_MORE;
}

/* The next dataset that is shown because its ID was configured. */
static int next_configured(struct listing *l)
{
	const char *id = l->config->dataset_ids
				 ? l->config->dataset_ids[paging_of(l)->next_id]
				 : NULL;

	if (!id)
		return LISTING_DONE;
	paging_of(l)->next_id++;
	return dataset_path(l, id);
}

static int datasets_first(struct listing *l)
{
	if (make_state(l))
		return -ENOMEM;
	return l->config->only_dataset_ids ? next_configured(l)
					   : datasets_page_path(l);
}

static int dataset_answer(struct listing *l, const cJSON *root, const char *id)
{
	const cJSON *item = cJSON_GetObjectItemCaseSensitive(root, id);
	struct source_record record;

	if (!cJSON_IsObject(item) || !*id)
		return -ENOENT;
	record = dataset_record(item);
	return listing_add(l, &record) ? -ENOMEM : listing_give(l);
}

static int datasets_answer(struct listing *l, const cJSON *root, int err)
{
	struct paging *p = paging_of(l);
	bool use;
	const cJSON *item;
	int step;

	if (p->next_id > 0) {
		const char *id = l->config->dataset_ids[p->next_id - 1];

		/* One that is not there must not hide the others. */
		if (root) {
			step = dataset_answer(l, root, id);
			if (step && step != -ENOENT)
				return step;
		}
		return next_configured(l);
	}
	if (!root && err != -ENOENT)
		return err;
	if (root && !cJSON_IsObject(root))
		return -EBADMSG;
	step = root ? turn_page(l, root, &use) : LISTING_DONE;
	if (step < 0)
		return step;
	if (root && use)
		cJSON_ArrayForEach (item, root) {
			struct source_record record = dataset_record(item);

			if (*record.id && wanted_dataset(l, &record) &&
			    (err = listing_add(l, &record)))
				return err;
		}
	err = listing_give(l);
	if (err)
		return err;
	return step == LISTING_MORE ? datasets_page_path(l)
				    : next_configured(l);
}

const struct listing_plan catalog_datasets = {datasets_first, datasets_answer,
					      free_state};

static int one_dataset_first(struct listing *l)
{
	return dataset_path(l, l->query.dataset_id);
}

static int one_dataset_answer(struct listing *l, const cJSON *root, int err)
{
	if (!root)
		return err;
	return dataset_answer(l, root, l->query.dataset_id);
}

const struct listing_plan catalog_dataset = {one_dataset_first,
					     one_dataset_answer, free_state};

/* --- Batches --- */

/* "/batches?dataSet=ID&...", to which the caller appends. */
static int batches_query(struct listing *l)
{
	buffer_clear(&l->path);
	if (buffer_append_text(&l->path, CATALOG "/batches?dataSet=") ||
	    buffer_append_encoded(&l->path, l->query.dataset_id) ||
	    buffer_append_text(&l->path, "&" BATCH_PROPERTIES "&" READABLE))
		return -ENOMEM;
	return 0;
}

static int batches_page_path(struct listing *l)
{
	if (batches_query(l) ||
	    buffer_printf(&l->path,
			  "&orderBy=asc:created&limit=%d&start=%" PRId64,
			  PAGE_SIZE, paging_of(l)->start))
		return -ENOMEM;
	return LISTING_MORE;
}

static int batches_first(struct listing *l)
{
	return make_state(l) ? -ENOMEM : batches_page_path(l);
}

static int batches_answer(struct listing *l, const cJSON *root, int err)
{
	const cJSON *item;
	bool use;
	int step;

	if (!root)
		return err == -ENOENT ? LISTING_DONE : err;
	if (!cJSON_IsObject(root))
		return -EBADMSG;
	step = turn_page(l, root, &use);
	if (step < 0)
		return step;
	if (use)
		cJSON_ArrayForEach (item, root) {
			struct source_record record = batch_record(item);

			if (is_readable(&record) &&
			    (err = listing_add(l, &record)))
				return err;
		}
	err = listing_give(l);
	if (err)
		return err;
	return step == LISTING_MORE ? batches_page_path(l) : LISTING_DONE;
}

const struct listing_plan catalog_batches = {batches_first, batches_answer,
					     free_state};

/* One batch by a name that may be its Catalog key or the id that Data Access
   knows it by. By key only where the object says that it is of this dataset;
   the `batch` filter finds the others. */
enum { BY_KEY, BY_BATCH_ID, NO_MORE_QUESTIONS };

static int batch_question(struct listing *l)
{
	struct paging *p = paging_of(l);
	int err;

	if (p->question == NO_MORE_QUESTIONS)
		return LISTING_DONE;
	if (p->question == BY_KEY) {
		buffer_clear(&l->path);
		err = buffer_append_text(&l->path, CATALOG "/batches/") ||
		      buffer_append_encoded(&l->path, l->query.name) ||
		      buffer_append_text(&l->path, "?" BATCH_PROPERTIES);
	} else {
		err = batches_query(l) ||
		      buffer_append_text(&l->path, "&limit=1&batch=") ||
		      buffer_append_encoded(&l->path, l->query.name);
	}
	return err ? -ENOMEM : LISTING_MORE;
}

static int batch_first(struct listing *l)
{
	return make_state(l) ? -ENOMEM : batch_question(l);
}

static bool answers_to(const struct source_record *batch, const char *name)
{
	return strcmp(batch->id, name) == 0 || strcmp(batch->key, name) == 0 ||
	       strcmp(batch->alternate_id, name) == 0;
}

static int batch_answer(struct listing *l, const cJSON *root, int err)
{
	struct paging *p = paging_of(l);
	const cJSON *item;

	if (!root && err != -ENOENT)
		return err;
	cJSON_ArrayForEach (item, root) {
		struct source_record record;
		const char *dataset = related(item, "dataSet");

		if (!cJSON_IsObject(item) || !item->string)
			continue;
		record = batch_record(item);
		if (!is_readable(&record) ||
		    !answers_to(&record, l->query.name))
			continue;
		if (p->question == BY_KEY &&
		    strcmp(dataset, l->query.dataset_id) != 0)
			continue;
		err = listing_add(l, &record);
		return err ? err : listing_give(l);
	}
	p->question++;
	return batch_question(l);
}

const struct listing_plan catalog_batch = {batch_first, batch_answer,
					   free_state};

/* The vendor's query for the newest score; where its client wrote none, the
   older form of that query, which names no client. */
static int latest_question(struct listing *l)
{
	int question = paging_of(l)->question;

	if (question > 1)
		return LISTING_DONE;
	if (batches_query(l) ||
	    buffer_append_text(&l->path, "&orderBy=desc:created&limit=1") ||
	    (question == 0 &&
	     buffer_append_text(&l->path,
				"&createdClient=acp_foundation_push")))
		return -ENOMEM;
	return LISTING_MORE;
}

static int latest_first(struct listing *l)
{
	return make_state(l) ? -ENOMEM : latest_question(l);
}

static int latest_answer(struct listing *l, const cJSON *root, int err)
{
	const cJSON *item;

	if (!root && err != -ENOENT)
		return err;
	cJSON_ArrayForEach (item, root) {
		struct source_record record;

		if (!cJSON_IsObject(item) || !item->string)
			continue;
		record = batch_record(item);
		if (!is_readable(&record))
			continue;
		err = listing_add(l, &record);
		return err ? err : listing_give(l);
	}
	paging_of(l)->question++;
	return latest_question(l);
}

const struct listing_plan catalog_latest = {latest_first, latest_answer,
					    free_state};
