/* A cache's files and their writer: see store.h. */

#include "store.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "caifs/clock.h"
#include "caifs/container.h"
#include "caifs/log.h"
#include "evict.h"
#include "fetch_lock.h"

enum { PAUSE_MS = 60 * 1000 };

/* Ceiling of the bytes that wait to be written. */
static const int64_t max_queued = 16 * 1024 * 1024;

/* Runs that are reused: the kernel zeroes the pages of a newly allocated one,
   on the thread that receives bytes. */
enum { MAX_SPARE = 16 };

/* Evict after this many bytes written. */
static const int64_t evict_every = 64 * 1024 * 1024;

int store_init(struct store *store, int directory, int64_t max_bytes,
	       int64_t free_floor)
{
	int err;

	*store = (struct store){
		.directory = directory,
		.fetch_locks = fetch_lock_open(directory),
		.max_bytes = max_bytes,
		.free_floor = free_floor < 0
				      ? evict_default_free_floor(directory)
				      : free_floor,
	};
	cached_part_table_init(&store->cached_parts, directory);
	pthread_mutex_init(&store->lock, NULL);
	atomic_store(&store->counts.held, -1);
	err = executor_create("caifs-cachewr", &store->writer);
	if (err)
		store_finish(store);
	return err;
}

void store_stop(struct store *store)
{
	store->writer = executor_destroy(store->writer);
}

void store_finish(struct store *store)
{
	struct store_run *run;

	while ((run = store->spare)) {
		store->spare = run->next;
		free(run);
	}
	pthread_mutex_destroy(&store->lock);
	cached_part_table_finish(&store->cached_parts);
	if (store->fetch_locks != FETCH_LOCK_NONE)
		close(store->fetch_locks);
	close(store->directory);
}

/* --- Parts --- */

int part_create(uint64_t scope, const struct source_range *range,
		struct part **ret_part)
{
	size_t id = strlen(range->file_id) + 1, path = strlen(range->path) + 1;
	struct part *part = malloc(sizeof(*part) + id + path);
	int err;

	if (!part)
		return -ENOMEM;
	err = part_key_make(scope, range, &part->key);
	if (err) {
		free(part);
		return err;
	}
	memcpy(part->text, range->file_id, id);
	memcpy(part->text + id, range->path, path);
	part->key.file_id = part->text;
	part->key.path = part->text + id;
	atomic_init(&part->references, 1);
	*ret_part = part;
	return 0;
}

struct part *part_ref(struct part *part)
{
	atomic_fetch_add(&part->references, 1);
	return part;
}

void part_unref(struct part *part)
{
	if (part && atomic_fetch_sub(&part->references, 1) == 1)
		free(part);
}

struct cached_part *store_get(struct store *store, const struct part *part)
{
	struct cached_part *cached;
	int err = cached_part_open(&store->cached_parts, &part->key, NULL,
				   &cached);

	if (err == -EBADMSG)
		atomic_fetch_add(&store->counts.damaged, 1);
	return err ? NULL : cached;
}

/* --- On the writer --- */

static void note_failure(struct store *store, int err)
{
	atomic_fetch_add(&store->counts.errors, 1);
	store->paused_until_ms = clock_now_ms() + PAUSE_MS;
	if (store->reported)
		return;
	store->reported = true;
	log_warning(
		"op=cache errno=%s: cannot write to cache_dir; reads go on, "
		"nothing is cached; tried again every minute",
		strerrorname_np(-err));
}

static bool is_paused(const struct store *store)
{
	return store->paused_until_ms &&
	       clock_now_ms() < store->paused_until_ms;
}

/* Evicts down to the limits, with `spare` bytes free on the disk. 1: removed
   something; 0: nothing; or negative errno. */
static int evict(struct store *store, int64_t spare)
{
	const struct evict_bounds bounds = {store->max_bytes, spare};
	struct evict_result result;
	int err = evict_run(store->directory, &bounds, &result);

	if (err)
		return err;
	store->evicted = true;
	store->written = 0;
	atomic_store(&store->counts.held, result.held_bytes);
	atomic_fetch_add(&store->counts.evictions, result.removed_files);
	if (result.removed_files)
		cached_part_table_drop_idle(&store->cached_parts);
	return result.removed_bytes > 0 ? 1 : 0;
}

static int64_t smaller(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static void on_measure(struct job *job)
{
	const struct evict_bounds all = {INT64_MAX, 0};
	struct store *store = container_of(job, struct store, measure_job);
	struct evict_result result;

	if (evict_run(store->directory, &all, &result) == 0)
		atomic_store(&store->counts.held, result.held_bytes);
}

void store_measure(struct store *store)
{
	store->measure_job.run = on_measure;
	executor_post(store->writer, &store->measure_job);
}

/* Evicts if needed before `size` bytes are written. -ENOSPC: not enough can be
   removed. */
static int keep_to_limits(struct store *store, size_t size)
{
	int64_t every = smaller(evict_every, store->max_bytes / 16);
	int64_t available;
	int err;

	if (!store->evicted || store->written + (int64_t)size > every) {
		err = evict(store, store->free_floor);
		if (err < 0)
			return err;
	}
	available = evict_free_bytes(store->directory);
	if (available < 0)
		return (int)available;
	if (available >= store->free_floor + (int64_t)size)
		return 0;
	err = evict(store, store->free_floor + every);
	return err > 0 ? 0 : err ? err : -ENOSPC;
}

static void count_written(struct store *store, size_t size)
{
	store->written += (int64_t)size;
	atomic_fetch_add(&store->counts.held, (int64_t)size);
	store->reported = false;
}

static int write_run(struct store_run *run)
{
	struct store *store = run->store;
	struct cached_part *cached;
	int err = keep_to_limits(store, run->size);

	if (err)
		return err;
	err = cached_part_open(&store->cached_parts, &run->part->key,
			       run->version, &cached);
	if (err == -EBADMSG) {
		atomic_fetch_add(&store->counts.damaged, 1);
		err = cached_part_open(&store->cached_parts, &run->part->key,
				       run->version, &cached);
	}
	if (err)
		return err;
	err = part_file_write(&cached->file, run->first, run->bytes, run->size);
	cached_part_unref(&store->cached_parts, cached);
	if (!err)
		count_written(store, run->size);
	return err;
}

static struct store_run *allocate_run(struct store *store)
{
	struct store_run *run;

	pthread_mutex_lock(&store->lock);
	run = store->spare;
	if (run) {
		store->spare = run->next;
		store->spare_count--;
	}
	pthread_mutex_unlock(&store->lock);
	return run ? run : malloc(sizeof(*run) + STORE_RUN);
}

static void discard(struct store_run *run)
{
	struct store *store = run->store;

	atomic_fetch_sub(&store->queued, STORE_RUN);
	part_unref(run->part);
	pthread_mutex_lock(&store->lock);
	if (store->spare_count < MAX_SPARE) {
		run->next = store->spare;
		store->spare = run;
		store->spare_count++;
		run = NULL;
	}
	pthread_mutex_unlock(&store->lock);
	free(run);
}

static void on_run(struct job *job)
{
	struct store_run *run = container_of(job, struct store_run, job);
	int err;

	if (is_paused(run->store)) {
		atomic_fetch_add(&run->store->counts.dropped,
				 (int64_t)(run->size / PART_FILE_PAGE));
	} else {
		err = write_run(run);
		if (err && err != -EMSGSIZE && err != -EEXIST)
			note_failure(run->store, err);
	}
	discard(run);
}

/* --- Queueing writes --- */

struct store_run *store_begin(struct store *store, struct part *part,
			      const char *version, int64_t first)
{
	struct store_run *run = NULL;

	if (atomic_fetch_add(&store->queued, STORE_RUN) + STORE_RUN <=
	    max_queued)
		run = allocate_run(store);
	if (!run) {
		atomic_fetch_sub(&store->queued, STORE_RUN);
		return NULL;
	}
	run->job.run = on_run;
	run->store = store;
	run->part = part_ref(part);
	run->first = first;
	run->size = 0;
	strncpy(run->version, version, sizeof(run->version) - 1);
	run->version[sizeof(run->version) - 1] = '\0';
	return run;
}

void store_write(struct store_run *run)
{
	if (run->size)
		executor_post(run->store->writer, &run->job);
	else
		discard(run);
}

/* A job about a part other than writing it. */
struct part_job {
	struct job job;
	struct store *store;
	struct part *part;
	int64_t first, end;
};

static bool post_part_job(struct store *store, struct part *part, int64_t first,
			  int64_t end, void (*run)(struct job *))
{
	struct part_job *part_job = malloc(sizeof(*part_job));

	if (!part_job)
		return false;
	*part_job = (struct part_job){
		.job.run = run,
		.store = store,
		.part = part_ref(part),
		.first = first,
		.end = end,
	};
	executor_post(store->writer, &part_job->job);
	return true;
}

static void end_part_job(struct part_job *part_job)
{
	part_unref(part_job->part);
	free(part_job);
}

static void on_forget(struct job *job)
{
	struct part_job *part_job = container_of(job, struct part_job, job);

	cached_part_unref(&part_job->store->cached_parts,
			  store_get(part_job->store, part_job->part));
	end_part_job(part_job);
}

void store_forget(struct store *store, struct part *part)
{
	post_part_job(store, part, 0, 0, on_forget);
}

static void on_release_lock(struct job *job)
{
	struct part_job *part_job = container_of(job, struct part_job, job);

	fetch_lock_release(part_job->store->fetch_locks, &part_job->part->key,
			   part_job->first, part_job->end);
	end_part_job(part_job);
}

void store_release_fetch_lock(struct store *store, struct part *part,
			      int64_t first, int64_t end)
{
	if (!post_part_job(store, part, first, end, on_release_lock))
		fetch_lock_release(store->fetch_locks, &part->key, first, end);
}

/* --- Listings --- */

struct listing_job {
	struct job job;
	struct store *store;
	struct cached_listing *cached;
	bool remove;
};

static int write_listing(struct store *store,
			 const struct cached_listing *cached)
{
	size_t size = cached->question.size + cached->records.size;
	int err = keep_to_limits(store, size);

	if (!err)
		err = cached_listing_write(store->directory, cached);
	if (!err)
		count_written(store, size);
	return err;
}

static void on_listing(struct job *job)
{
	struct listing_job *a = container_of(job, struct listing_job, job);
	int err = 0;

	if (a->remove)
		directory_remove(a->store->directory, a->cached->name);
	else if (!is_paused(a->store))
		err = write_listing(a->store, a->cached);
	if (err)
		note_failure(a->store, err);
	cached_listing_unref(a->cached);
	free(a);
}

static void post_listing(struct store *store, struct cached_listing *cached,
			 bool remove)
{
	struct listing_job *a = malloc(sizeof(*a));

	if (!a)
		return;
	*a = (struct listing_job){
		.job.run = on_listing,
		.store = store,
		.cached = cached_listing_ref(cached),
		.remove = remove,
	};
	executor_post(store->writer, &a->job);
}

void store_write_listing(struct store *store, struct cached_listing *cached)
{
	post_listing(store, cached, false);
}

void store_remove_listing(struct store *store, struct cached_listing *cached)
{
	post_listing(store, cached, true);
}

struct cached_listing *store_read_listing(struct store *store,
					  const struct cached_listing *question)
{
	struct cached_listing *cached;
	int err = cached_listing_create_like(question, &cached);

	if (err)
		return NULL;
	err = cached_listing_read(store->directory, cached);
	if (!err)
		return cached;
	cached_listing_unref(cached);
	if (err == -EBADMSG) {
		atomic_fetch_add(&store->counts.damaged, 1);
		directory_remove(store->directory, question->name);
	}
	return NULL;
}
