/*
 * Catalog: see catalog.h. Lists and look-ups alike answer with an object keyed
 * by ID (contract 3.1); an empty list is `{}` or a 404.
 */

#include "catalog.h"

#include "catalog_batch.h"
#include "catalog_page.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define CATALOG		   "/data/foundation/catalog"
#define DATASET_PROPERTIES "properties=name,created,updated"
#define READABLE	   "status=success,active"

static const char score_prefix[] = "Customer AI Scores";

struct catalog_state {
	struct catalog_paging paging;
	size_t next_id; /* in config->dataset_ids; > 0: pages are read */
	int question;	/* of catalog_batch and catalog_latest */
};

static struct catalog_state *state_of(struct listing *l)
{
	return l->state;
}

static int make_state(struct listing *l)
{
	l->state = calloc(1, sizeof(struct catalog_state));
	return l->state ? 0 : -ENOMEM;
}

static void free_state(struct listing *l)
{
	free(l->state);
}

/* --- Datasets --- */

static struct source_record dataset_record(const cJSON *item)
{
	struct source_record record = {
		.id = item->string,
		.key = "",
		.alternate_id = "",
		.name = json_text(item, "name", ""),
		.status = "",
		.client = "",
		.replaces = "",
		.record_count = -1,
	};

	json_number(item, "created", &record.created_ms);
	record.modified_ms = record.created_ms;
	json_number(item, "updated", &record.modified_ms);
	return record;
}

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
			  CATALOG_PAGE_SIZE, state_of(l)->paging.start))
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

/* Goes on with the next configured dataset ID, if there is one. */
static int next_configured(struct listing *l)
{
	const char *id = l->config->dataset_ids
				 ? l->config->dataset_ids[state_of(l)->next_id]
				 : NULL;

	if (!id)
		return LISTING_DONE;
	state_of(l)->next_id++;
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
	struct catalog_state *s = state_of(l);
	bool use;
	const cJSON *item;
	int step;

	if (s->next_id > 0) {
		const char *id = l->config->dataset_ids[s->next_id - 1];

		/* An ID that does not exist must not hide the others. */
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
	step = root ? catalog_turn_page(l, &s->paging, root, &use)
		    : LISTING_DONE;
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

const struct list_protocol catalog_datasets = {datasets_first, datasets_answer,
					       free_state};

static int one_dataset_first(struct listing *l)
{
	return dataset_path(l, l->query.dataset_id);
}

static int one_dataset_answer(struct listing *l, const cJSON *root, int err)
{
	if (!root)
		return err == -EINVAL ? -ENOENT : err;
	return dataset_answer(l, root, l->query.dataset_id);
}

const struct list_protocol catalog_dataset = {one_dataset_first,
					      one_dataset_answer, free_state};

/* --- Batches --- */

/* "/batches?dataSet=ID&..."; the caller appends the rest. */
static int batches_query(struct listing *l)
{
	buffer_clear(&l->path);
	if (buffer_append_text(&l->path, CATALOG "/batches?dataSet=") ||
	    buffer_append_encoded(&l->path, l->query.dataset_id) ||
	    buffer_append_text(&l->path,
			       "&" CATALOG_BATCH_PROPERTIES "&" READABLE))
		return -ENOMEM;
	return 0;
}

static int batches_page_path(struct listing *l)
{
	if (batches_query(l) ||
	    buffer_printf(&l->path,
			  "&orderBy=asc:created&limit=%d&start=%" PRId64,
			  CATALOG_PAGE_SIZE, state_of(l)->paging.start))
		return -ENOMEM;
	return LISTING_MORE;
}

static int batches_first(struct listing *l)
{
	return make_state(l) ? -ENOMEM : batches_page_path(l);
}

/* Adds the batch with the ids that it replaces. Only a whole list needs these:
   a batch looked up by name exists as long as its status says so. */
static int add_batch(struct listing *l, const cJSON *item,
		     struct source_record *record)
{
	struct buffer replaced;

	buffer_init(&replaced, JSON_MAX_BYTES);
	if (catalog_batch_replaces(item, &replaced)) {
		buffer_finish(&replaced);
		return -ENOMEM;
	}
	if (replaced.size)
		record->replaces = listing_keep(l, &replaced);
	return record->replaces ? listing_add(l, record) : -ENOMEM;
}

static int batches_answer(struct listing *l, const cJSON *root, int err)
{
	struct catalog_state *s = state_of(l);
	const cJSON *item;
	bool use;
	int step;

	if (!root)
		return err == -ENOENT ? LISTING_DONE : err;
	if (!cJSON_IsObject(root))
		return -EBADMSG;
	step = catalog_turn_page(l, &s->paging, root, &use);
	if (step < 0)
		return step;
	if (use)
		cJSON_ArrayForEach (item, root) {
			struct source_record record =
				catalog_batch_record(item);

			if (catalog_batch_is_readable(&record) &&
			    (err = add_batch(l, item, &record)))
				return err;
		}
	err = listing_give(l);
	if (err)
		return err;
	return step == LISTING_MORE ? batches_page_path(l) : LISTING_DONE;
}

const struct list_protocol catalog_batches = {batches_first, batches_answer,
					      free_state};

/* One batch by a name: its Catalog key or its Data Access id. The look-up by
   key counts only if the object names this dataset; else the `batch` filter
   is used. */
enum { BY_KEY, BY_BATCH_ID, NO_MORE_QUESTIONS };

static int batch_question(struct listing *l)
{
	struct catalog_state *s = state_of(l);
	int err;

	if (s->question == NO_MORE_QUESTIONS)
		return LISTING_DONE;
	if (s->question == BY_KEY) {
		buffer_clear(&l->path);
		err = buffer_append_text(&l->path, CATALOG "/batches/") ||
		      buffer_append_encoded(&l->path, l->query.name) ||
		      buffer_append_text(&l->path,
					 "?" CATALOG_BATCH_PROPERTIES);
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
	struct catalog_state *s = state_of(l);
	const cJSON *item;

	if (!root && err != -ENOENT && err != -EINVAL)
		return err;
	cJSON_ArrayForEach (item, root) {
		struct source_record record;
		if (!cJSON_IsObject(item) || !item->string)
			continue;
		record = catalog_batch_record(item);
		if (!catalog_batch_is_readable(&record) ||
		    !answers_to(&record, l->query.name))
			continue;
		if (s->question == BY_KEY &&
		    !catalog_batch_is_related(item, "dataSet",
					      l->query.dataset_id))
			continue;
		err = listing_add(l, &record);
		return err ? err : listing_give(l);
	}
	s->question++;
	return batch_question(l);
}

const struct list_protocol catalog_batch = {batch_first, batch_answer,
					    free_state};

/* The vendor's query for the newest score; if that finds none, the older form
   of it, without a client. */
static int latest_question(struct listing *l)
{
	int question = state_of(l)->question;

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
		record = catalog_batch_record(item);
		if (!catalog_batch_is_readable(&record))
			continue;
		err = listing_add(l, &record);
		return err ? err : listing_give(l);
	}
	state_of(l)->question++;
	return latest_question(l);
}

const struct list_protocol catalog_latest = {latest_first, latest_answer,
					     free_state};
