/*
 * Data Access listings: see access.h.
 *
 * A batch has dataset files (nearly always one). A dataset file is a directory
 * of parts, of more dataset files, and perhaps of folders. It is not documented
 * whether nested parts are listed with their whole path or behind a folder
 * entry without length (contract 9), so such an entry is listed too. Pages are
 * followed by `_links.next` only: `_page.count` is unreliable, and `start` is
 * an opaque cursor (contract 4.2, 4.3).
 */

#include "access.h"

#include "caifs/hash.h"
#include "caifs/href.h"
#include "caifs/log.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define EXPORT "/data/foundation/export"

/* Ceilings of one listing. */
enum { MAX_FILES = 10000, MAX_CANDIDATES = 3 };

/* Ceiling of a part's length: sums of offsets cannot overflow. */
static const int64_t MAX_LENGTH = INT64_C(1) << 53;

/* To be listed: a dataset file, or what may be a folder in it. */
struct dataset_file {
	char *id, *folder; /* `folder` "": the file itself */
	int64_t created_ms;
};

/* A page link that was followed before. */
struct seen_link {
	UT_hash_handle hh;
	char link[];
};

struct access_state {
	const char *candidates[MAX_CANDIDATES]; /* the batch's possible ids */
	size_t candidate_count, candidate;
	bool known;    /* one of them had an answer, perhaps an empty list */
	bool in_batch; /* listing the batch's files, else a file's parts */
	struct dataset_file *files;
	size_t file_count, file_room;
	size_t file; /* index of the one being listed */
	struct seen_link *seen;
};

static struct access_state *state_of(struct listing *l)
{
	return l->state;
}

static int batch_path(struct listing *l)
{
	struct access_state *s = state_of(l);

	buffer_clear(&l->path);
	if (buffer_append_text(&l->path, EXPORT "/batches/") ||
	    buffer_append_encoded(&l->path, s->candidates[s->candidate]) ||
	    buffer_append_text(&l->path, "/files"))
		return -ENOMEM;
	return LISTING_MORE;
}

static int first(struct listing *l)
{
	const char *ids[MAX_CANDIDATES] = {l->query.batch_id,
					   l->query.batch_alternate_id,
					   l->query.batch_key};
	struct access_state *s = calloc(1, sizeof(*s));

	if (!s)
		return -ENOMEM;
	l->state = s;
	for (size_t i = 0; i < MAX_CANDIDATES; i++)
		if (*ids[i] && (s->candidate_count == 0 ||
				strcmp(ids[i], s->candidates[0]) != 0))
			s->candidates[s->candidate_count++] = ids[i];
	if (s->candidate_count == 0)
		return -ENOENT;
	s->in_batch = true;
	return batch_path(l);
}

/* Goes on with the next file: LISTING_MORE, LISTING_DONE or -ENOMEM. */
static int next_file(struct listing *l)
{
	struct access_state *s = state_of(l);
	const struct dataset_file *file;

	s->file = s->in_batch ? 0 : s->file + 1;
	s->in_batch = false;
	if (s->file >= s->file_count)
		return LISTING_DONE;
	file = &s->files[s->file];
	l->may_be_empty = *file->folder;
	buffer_clear(&l->path);
	if (buffer_append_text(&l->path, EXPORT "/files/") ||
	    buffer_append_encoded(&l->path, file->id))
		return -ENOMEM;
	if (*file->folder && (buffer_append_text(&l->path, "?path=") ||
			      buffer_append_encoded(&l->path, file->folder)))
		return -ENOMEM;
	return LISTING_MORE;
}

static int add_file(struct access_state *s, const char *id, const char *folder,
		    int64_t created_ms)
{
	struct dataset_file *file;

	for (size_t i = 0; i < s->file_count; i++)
		if (strcmp(s->files[i].id, id) == 0 &&
		    strcmp(s->files[i].folder, folder) == 0)
			return 0;
	if (s->file_count >= MAX_FILES)
		return -EMSGSIZE;
	if (s->file_count == s->file_room) {
		size_t room = s->file_room ? 2 * s->file_room : 16;
		struct dataset_file *grown =
			reallocarray(s->files, room, sizeof(*grown));

		if (!grown)
			return -ENOMEM;
		s->files = grown;
		s->file_room = room;
	}
	file = &s->files[s->file_count];
	*file = (struct dataset_file){
		.id = strdup(id),
		.folder = strdup(folder),
		.created_ms = created_ms,
	};
	s->file_count++; /* destroy() frees it, also after a failed strdup() */
	return file->id && file->folder ? 0 : -ENOMEM;
}

static const char *self_href(const cJSON *item)
{
	const cJSON *links = cJSON_GetObjectItemCaseSensitive(item, "_links");
	const cJSON *self = cJSON_GetObjectItemCaseSensitive(links, "self");

	return json_text(self, "href", "");
}

/* The path inside the dataset file: the href's (whole also for nested parts),
   else the name in its folder. NULL: neither, or no memory. */
static const char *part_path(struct listing *l, const cJSON *item)
{
	const struct access_state *s = state_of(l);
	const char *folder = s->files[s->file].folder;
	const char *name = json_text(item, "name", "");
	struct buffer path;

	buffer_init(&path, 16 * 1024);
	if (href_parameter(self_href(item), "path", &path)) {
		buffer_clear(&path);
		if (!*name || buffer_append_text(&path, folder) ||
		    (*folder && buffer_append_text(&path, "/")) ||
		    buffer_append_text(&path, name)) {
			buffer_finish(&path);
			return NULL;
		}
	}
	if (path.size == 0) {
		buffer_finish(&path);
		return NULL;
	}
	return listing_keep(l, &path);
}

static const char *part_file_id(struct listing *l, const cJSON *item,
				const char *otherwise)
{
	struct buffer id;

	buffer_init(&id, 4096);
	if (href_segment(self_href(item), "files", &id)) {
		buffer_finish(&id);
		return otherwise;
	}
	return listing_keep(l, &id);
}

/* No folder: a name with a suffix, or a marker such as _SUCCESS. */
static bool may_be_folder(const char *path)
{
	const char *name = strrchr(path, '/');

	name = name ? name + 1 : path;
	return *name != '_' && !strchr(name, '.');
}

static int add_part(struct listing *l, const cJSON *item)
{
	struct access_state *s = state_of(l);
	const struct dataset_file *file = &s->files[s->file];
	struct source_record record = {
		.id = part_file_id(l, item, file->id),
		.key = part_path(l, item),
		.alternate_id = "",
		.name = "",
		.status = "",
		.client = "",
		.replaces = "",
		.created_ms = file->created_ms,
		.modified_ms = file->created_ms,
		.record_count = -1,
	};

	if (!record.id || !record.key ||
	    !json_number(item, "length", &record.size) ||
	    record.size > MAX_LENGTH) {
		log_warning("dataset file %s: an entry without a usable path "
			    "or length is left out",
			    file->id);
		return 0;
	}
	if (record.size == 0 && may_be_folder(record.key))
		return add_file(s, record.id, record.key, file->created_ms);
	return listing_add(l, &record);
}

/* The entry that might be a folder is a part without bytes. */
static int add_empty_part(struct listing *l)
{
	struct access_state *s = state_of(l);
	const struct dataset_file *file = &s->files[s->file];
	struct source_record record = {
		.id = file->id,
		.key = file->folder,
		.alternate_id = "",
		.name = "",
		.status = "",
		.client = "",
		.replaces = "",
		.created_ms = file->created_ms,
		.modified_ms = file->created_ms,
		.record_count = -1,
	};
	int err = listing_add(l, &record);

	if (!err)
		err = listing_give(l);
	return err ? err : next_file(l);
}

static int read_items(struct listing *l, const cJSON *items)
{
	struct access_state *s = state_of(l);
	const cJSON *item;
	int err = 0;

	cJSON_ArrayForEach (item, items) {
		const char *id = json_text(item, "dataSetFileId", "");
		int64_t created_ms = 0;

		json_number(item, "created", &created_ms);
		/* Shape B nests dataset files where parts would be. */
		if (*id && !cJSON_HasObjectItem(item, "length"))
			err = add_file(s, id, "", created_ms);
		else if (!s->in_batch)
			err = add_part(l, item);
		if (err)
			return err;
	}
	return listing_give(l);
}

static int follow(struct listing *l, const char *href)
{
	struct access_state *s = state_of(l);
	struct seen_link *seen;
	int err;

	buffer_clear(&l->path);
	err = href_local(href, EXPORT "/", &l->path);
	if (err)
		return err;
	HASH_FIND_STR(s->seen, buffer_text(&l->path), seen);
	if (seen)
		return -EIO;
	seen = malloc(sizeof(*seen) + l->path.size + 1);
	if (!seen)
		return -ENOMEM;
	strcpy(seen->link, buffer_text(&l->path));
	HASH_ADD_STR(s->seen, link, seen);
	if (!seen->hh.tbl) {
		free(seen);
		return -ENOMEM;
	}
	return LISTING_MORE;
}

static int answer(struct listing *l, const cJSON *root, int err)
{
	struct access_state *s = state_of(l);
	bool bare = cJSON_IsArray(root); /* shape C */
	const cJSON *links = cJSON_GetObjectItemCaseSensitive(root, "_links");
	const cJSON *next = cJSON_GetObjectItemCaseSensitive(links, "next");
	const cJSON *items =
		bare ? root : cJSON_GetObjectItemCaseSensitive(root, "data");
	const char *href = json_text(next, "href", "");
	bool may_be_part = l->may_be_empty;

	l->may_be_empty = false;
	/* It is not documented which of a batch's ids Data Access uses. For an
	   unknown one it may answer 404, 403, or an empty list: try each. */
	if (s->in_batch && cJSON_GetArraySize(items) == 0 && !*href &&
	    s->file_count == 0) {
		s->known |= cJSON_IsArray(items);
		if (++s->candidate < s->candidate_count)
			return batch_path(l);
		/* One id was known and has no files: the batch is empty. */
		if (!root && s->known)
			return LISTING_DONE;
	}
	if (may_be_part && !cJSON_IsArray(items) && err != -EACCES)
		return add_empty_part(l);
	if (!root)
		return err;
	if (!cJSON_IsArray(items))
		return -EBADMSG;
	err = read_items(l, items);
	if (err)
		return err;
	if (*href && cJSON_GetArraySize(items) == 0)
		return -EIO;
	return *href ? follow(l, href) : next_file(l);
}

static void destroy(struct listing *l)
{
	struct access_state *s = state_of(l);
	struct seen_link *link, *next;

	HASH_ITER (hh, s->seen, link, next) {
		HASH_DEL(s->seen, link);
		free(link);
	}
	for (size_t i = 0; i < s->file_count; i++) {
		free(s->files[i].id);
		free(s->files[i].folder);
	}
	free(s->files);
	free(s);
}

const struct list_protocol access_parts = {first, answer, destroy};
