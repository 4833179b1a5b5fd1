/* The records of one listing: see cached_listing.h. */

#include "cached_listing.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <xxhash.h>

enum {
	FORMAT = 1,
	MAX_QUESTION = 64 * 1024,
	MAX_BYTES = 192 * 1024 * 1024, /* more than the tree accepts */
	BATCH = 256,
	NUMBERS = 4,
	TEXTS = 7,
};

static const uint64_t MAGIC = UINT64_C(0x7473696c73666961); /* "aifslist" */

struct header {
	uint64_t magic;
	uint32_t format, question_size;
	uint64_t records_size, count;
	uint64_t check_low, check_high; /* of the fields above, the question and
					   the records */
};

/* --- Life --- */

static int ask(struct cached_listing *cached, uint64_t scope,
	       const struct source_query *query)
{
	const char *const texts[] = {query->dataset_id, query->name,
				     query->batch_id, query->batch_key,
				     query->batch_alternate_id};
	uint32_t kind = query->kind;
	struct buffer *to = &cached->question;
	int err = buffer_append(to, &scope, sizeof(scope));

	if (!err)
		err = buffer_append(to, &kind, sizeof(kind));
	for (size_t i = 0; !err && i < sizeof(texts) / sizeof(*texts); i++) {
		const char *text = texts[i] ? texts[i] : "";

		err = buffer_append(to, text, strlen(text) + 1);
	}
	if (!err)
		directory_name(to->data, to->size, ".list", cached->name);
	return err;
}

static struct cached_listing *allocate(void)
{
	struct cached_listing *cached = calloc(1, sizeof(*cached));

	if (!cached)
		return NULL;
	atomic_init(&cached->references, 1);
	buffer_init(&cached->question, MAX_QUESTION);
	buffer_init(&cached->records, MAX_BYTES);
	return cached;
}

int cached_listing_create(uint64_t scope, const struct source_query *query,
			  struct cached_listing **ret_cached)
{
	struct cached_listing *cached = allocate();
	int err = cached ? ask(cached, scope, query) : -ENOMEM;

	if (err)
		cached_listing_unref(cached);
	else
		*ret_cached = cached;
	return err;
}

int cached_listing_create_like(const struct cached_listing *other,
			       struct cached_listing **ret_cached)
{
	struct cached_listing *cached = allocate();
	int err =
		cached ? buffer_append(&cached->question, other->question.data,
				       other->question.size)
		       : -ENOMEM;

	if (err) {
		cached_listing_unref(cached);
		return err;
	}
	strcpy(cached->name, other->name);
	*ret_cached = cached;
	return 0;
}

struct cached_listing *cached_listing_ref(struct cached_listing *cached)
{
	atomic_fetch_add(&cached->references, 1);
	return cached;
}

void cached_listing_unref(struct cached_listing *cached)
{
	if (!cached || atomic_fetch_sub(&cached->references, 1) != 1)
		return;
	buffer_finish(&cached->question);
	buffer_finish(&cached->records);
	free(cached);
}

/* --- Records --- */

static int add(struct buffer *to, const struct source_record *r)
{
	const int64_t numbers[NUMBERS] = {r->created_ms, r->modified_ms,
					  r->size, r->record_count};
	const char *const texts[TEXTS] = {
		r->id,	   r->key,    r->alternate_id, r->name,
		r->status, r->client, r->replaces};
	int err = buffer_append(to, numbers, sizeof(numbers));

	for (int i = 0; !err && i < TEXTS; i++) {
		const char *text = texts[i] ? texts[i] : "";

		err = buffer_append(to, text, strlen(text) + 1);
	}
	return err;
}

int cached_listing_add(struct cached_listing *cached,
		       const struct source_record *records, size_t count)
{
	int err = 0;

	for (size_t i = 0; !err && i < count; i++)
		err = add(&cached->records, &records[i]);
	if (!err)
		cached->count += count;
	return err;
}

void cached_listing_clear(struct cached_listing *cached)
{
	buffer_clear(&cached->records);
	cached->count = 0;
}

/* Moves `at` past one record. False: no whole record is left. */
static bool take(const char **at, const char *end, struct source_record *r)
{
	int64_t numbers[NUMBERS];
	const char *texts[TEXTS];

	if ((size_t)(end - *at) < sizeof(numbers))
		return false;
	memcpy(numbers, *at, sizeof(numbers));
	*at += sizeof(numbers);
	for (int i = 0; i < TEXTS; i++) {
		const char *nul = memchr(*at, '\0', (size_t)(end - *at));

		if (!nul)
			return false;
		texts[i] = *at;
		*at = nul + 1;
	}
	*r = (struct source_record){
		.id = texts[0],
		.key = texts[1],
		.alternate_id = texts[2],
		.name = texts[3],
		.status = texts[4],
		.client = texts[5],
		.replaces = texts[6],
		.created_ms = numbers[0],
		.modified_ms = numbers[1],
		.size = numbers[2],
		.record_count = numbers[3],
	};
	return true;
}

int cached_listing_give(const struct cached_listing *cached,
			const struct source_listing *listing)
{
	const char *at = buffer_text(&cached->records);
	const char *end = at + cached->records.size;
	struct source_record *records;
	size_t left = cached->count;
	int err = 0;

	if (!left)
		return 0;
	records = calloc(BATCH, sizeof(*records));
	if (!records)
		return -ENOMEM;
	while (!err && left) {
		size_t count = 0;

		while (count < BATCH && count < left &&
		       take(&at, end, &records[count]))
			count++;
		err = count ? listing->page(listing->data, records, count)
			    : -EIO;
		left -= count;
	}
	free(records);
	return err;
}

/* --- The file --- */

static int check_of(const struct header *header,
		    const struct cached_listing *cached,
		    XXH128_hash_t *ret_hash)
{
	XXH3_state_t *state = XXH3_createState();

	if (!state)
		return -ENOMEM;
	XXH3_128bits_reset(state);
	XXH3_128bits_update(state, header, offsetof(struct header, check_low));
	XXH3_128bits_update(state, cached->question.data,
			    cached->question.size);
	if (cached->records.size)
		XXH3_128bits_update(state, cached->records.data,
				    cached->records.size);
	*ret_hash = XXH3_128bits_digest(state);
	XXH3_freeState(state);
	return 0;
}

static int write_all(int fd, const void *bytes, size_t size)
{
	const char *from = bytes;

	while (size) {
		ssize_t done = write(fd, from, size);

		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0)
			return done ? -errno : -EIO;
		from += done;
		size -= (size_t)done;
	}
	return 0;
}

int cached_listing_write(int directory, const struct cached_listing *cached)
{
	struct header header = {
		.magic = MAGIC,
		.format = FORMAT,
		.question_size = (uint32_t)cached->question.size,
		.records_size = cached->records.size,
		.count = cached->count,
	};
	struct directory_new new;
	XXH128_hash_t check;
	int err = check_of(&header, cached, &check);

	if (!err)
		err = directory_begin(directory, cached->name, &new);
	if (err)
		return err;
	header.check_low = check.low64;
	header.check_high = check.high64;
	err = write_all(new.file, &header, sizeof(header));
	if (!err)
		err = write_all(new.file, cached->question.data,
				cached->question.size);
	if (!err)
		err = write_all(new.file, cached->records.data,
				cached->records.size);
	if (!err)
		return directory_commit(&new, cached->name, true, NULL);
	directory_abandon(&new);
	return err;
}

/* Reads exactly `size` bytes. -EBADMSG: the file is shorter. */
static int read_all(int fd, void *bytes, size_t size)
{
	char *to = bytes;

	while (size) {
		ssize_t got = read(fd, to, size);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return got ? -errno : -EBADMSG;
		to += got;
		size -= (size_t)got;
	}
	return 0;
}

/* Reads the question, which must match, and the records. */
static int read_rest(int fd, const struct header *header,
		     struct cached_listing *cached)
{
	size_t question = cached->question.size;
	size_t size = question + header->records_size;
	char *bytes = malloc(size);
	int err;

	if (!bytes)
		return -ENOMEM;
	err = read_all(fd, bytes, size);
	if (!err && memcmp(bytes, cached->question.data, question) != 0)
		err = -EBADMSG;
	if (!err)
		err = buffer_append(&cached->records, bytes + question,
				    header->records_size);
	free(bytes);
	return err;
}

static int read_file(int fd, struct cached_listing *cached)
{
	struct header header;
	XXH128_hash_t check;
	struct stat st;
	int err = read_all(fd, &header, sizeof(header));

	if (err)
		return err;
	if (fstat(fd, &st) || header.magic != MAGIC ||
	    header.format != FORMAT ||
	    header.question_size != cached->question.size ||
	    header.records_size > MAX_BYTES ||
	    st.st_size != (off_t)(sizeof(header) + header.question_size +
				  header.records_size))
		return -EBADMSG;
	err = read_rest(fd, &header, cached);
	if (!err)
		err = check_of(&header, cached, &check);
	if (!err && (check.low64 != header.check_low ||
		     check.high64 != header.check_high))
		err = -EBADMSG;
	cached->count = (size_t)header.count;
	return err;
}

int cached_listing_read(int directory, struct cached_listing *cached)
{
	int fd, err = directory_open_file(directory, cached->name, O_RDONLY,
					  &fd);

	if (err)
		return err == -ELOOP || err == -EISDIR ? -EBADMSG : err;
	err = read_file(fd, cached);
	if (!err)
		futimens(fd, NULL); /* for eviction: used now */
	else
		cached_listing_clear(cached);
	close(fd);
	return err;
}
