/*
 * The fake source: see fake_source.h. `lock` guards everything; the thread lets
 * go of it for each callback. A call has two holders, the thread until `done`
 * and the caller until it releases.
 */

#include "fake_source.h"

#include "fake_world.h"
#include "random.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <utlist.h>

struct source_call {
	struct fake_source *fake;
	struct source_call *prev, *next; /* under way */
	int kind, holders, steps;
	bool cancelled, restarting;
	int fail_steps, fail_err; /* err 0: does not fail */

	struct source_listing listing;
	struct source_record *records;
	size_t record_count, given;
	int answer_err;

	struct source_fetch fetch;
	struct source_range range;
	int64_t reached;
	uint64_t seed;	     /* of the file, without its version */
	const char *version; /* last told */
};

struct fault {
	int nth; /* 0: none */
	int steps, err;
	bool refused;
};

struct fake_source {
	struct source source;
	pthread_t thread;
	pthread_mutex_t lock; /* guards the rest */
	pthread_cond_t changed;
	struct world world;
	struct source_call *calls; /* under way */
	size_t live;		   /* calls not yet freed */
	bool stopping, stopped, busy;

	bool held;
	int permits;

	size_t page_size, least_piece, max_piece;
	const char *version;
	bool shuffled, restart_next;
	struct random random;
	struct fault faults[FAKE_KINDS];
	int fail_all[FAKE_KINDS];

	int counts[FAKE_KINDS];
	int cancels, promotions, capacity;
	struct fake_range *ranges;
};

static void broken(const char *what)
{
	fprintf(stderr, "the source's contract is broken: %s\n", what);
	abort();
}

static void enter(struct fake_source *fake)
{
	pthread_mutex_lock(&fake->lock);
}

static void leave(struct fake_source *fake)
{
	pthread_cond_broadcast(&fake->changed);
	pthread_mutex_unlock(&fake->lock);
}

/* The truth ------------------------------------------------------------------
 */

static uint64_t seed_of(const char *file_id, const char *path)
{
	uint64_t seed = 1;

	for (; *file_id; file_id++)
		seed = random_mix(seed + (unsigned char)*file_id);
	for (; *path; path++)
		seed = random_mix(seed + 256 + (unsigned char)*path);
	return seed;
}

static void write_bytes(uint64_t seed, const char *version, int64_t offset,
			char *bytes, size_t size)
{
	uint64_t word = 0;

	for (; *version; version++)
		seed = random_mix(seed + (unsigned char)*version);
	for (size_t i = 0; i < size; i++, offset++) {
		if (i == 0 || offset % 8 == 0)
			word = random_mix(seed +
					  (uint64_t)(offset / 8) *
						  UINT64_C(0x9e3779b97f4a7c15));
		bytes[i] = (char)(word >> (offset % 8 * 8));
	}
}

void fake_bytes(const char *file_id, const char *path, const char *version,
		int64_t offset, char *bytes, size_t size)
{
	write_bytes(seed_of(file_id, path), version, offset, bytes, size);
}

/* The thread
 * ------------------------------------------------------------------- */

static void drop_holder(struct source_call *call)
{
	if (--call->holders > 0)
		return;
	call->fake->live--;
	free(call->records);
	free(call);
}

/* With the lock held, which it lets go of for `done`. */
static void end_call(struct source_call *call, int err)
{
	struct fake_source *fake = call->fake;

	DL_DELETE(fake->calls, call);
	pthread_mutex_unlock(&fake->lock);
	if (call->kind == FAKE_FETCH)
		call->fetch.done(call->fetch.data, err);
	else
		call->listing.done(call->listing.data, err);
	pthread_mutex_lock(&fake->lock);
	drop_holder(call);
}

static void step_restart(struct source_call *call)
{
	static const struct source_record nonsense = {
		.id = "5cd900000000000000000bad",
		.key = "nonsense",
		.alternate_id = "",
		.name = "nonsense",
		.status = "success",
		.client = "",
		.replaces = "",
		.size = 1,
		.record_count = -1,
	};

	call->restarting = false;
	pthread_mutex_unlock(&call->fake->lock);
	if (call->listing.page(call->listing.data, &nonsense, 1) == 0)
		call->listing.restart(call->listing.data);
	pthread_mutex_lock(&call->fake->lock);
}

static void step_listing(struct source_call *call)
{
	struct fake_source *fake = call->fake;
	size_t count = call->record_count - call->given;
	int err;

	if (call->restarting) {
		step_restart(call);
		return;
	}
	if (count == 0) {
		end_call(call, call->answer_err);
		return;
	}
	if (count > fake->page_size)
		count = fake->page_size;
	pthread_mutex_unlock(&fake->lock);
	err = call->listing.page(call->listing.data,
				 call->records + call->given, count);
	pthread_mutex_lock(&fake->lock);
	call->given += count;
	if (err)
		end_call(call, err);
}

static int tell_version(struct source_call *call)
{
	struct fake_source *fake = call->fake;
	int err;

	if (call->version == fake->version)
		return 0;
	call->version = fake->version;
	pthread_mutex_unlock(&fake->lock);
	err = call->fetch.version(call->fetch.data, call->version);
	pthread_mutex_lock(&fake->lock);
	return err;
}

static void step_fetch(struct source_call *call)
{
	struct fake_source *fake = call->fake;
	int64_t left = call->range.size - call->reached;
	size_t size;
	char *bytes;
	int err;

	if (left == 0) {
		end_call(call, 0);
		return;
	}
	err = tell_version(call);
	if (err) {
		end_call(call, err);
		return;
	}
	size = (size_t)random_between(&fake->random, (int64_t)fake->least_piece,
				      (int64_t)fake->max_piece);
	if ((int64_t)size > left)
		size = (size_t)left;
	pthread_mutex_unlock(&fake->lock);
	/* As much as it is, so that reading past it is seen. */
	bytes = malloc(size);
	if (!bytes)
		abort();
	write_bytes(call->seed, call->version,
		    call->range.offset + call->reached, bytes, size);
	call->fetch.bytes(call->fetch.data, bytes, size);
	free(bytes);
	pthread_mutex_lock(&fake->lock);
	call->reached += (int64_t)size;
}

static void step(struct source_call *call)
{
	if (call->cancelled || call->fake->stopping)
		end_call(call, -ECANCELED);
	else if (call->fail_err && call->steps >= call->fail_steps)
		end_call(call, call->fail_err);
	else {
		call->steps++;
		if (call->kind == FAKE_FETCH)
			step_fetch(call);
		else
			step_listing(call);
	}
}

/* Whose turn it is, or NULL. */
static struct source_call *choose(struct fake_source *fake)
{
	struct source_call *call;
	size_t count = 0;

	DL_FOREACH (fake->calls, call) {
		if (call->cancelled || fake->stopping)
			return call;
		count++;
	}
	if (count == 0 || (fake->held && fake->permits == 0))
		return NULL;
	if (fake->held)
		fake->permits--;
	call = fake->calls;
	if (fake->shuffled)
		for (count = random_below(&fake->random, count); count > 0;
		     count--)
			call = call->next;
	return call;
}

static void *work(void *data)
{
	struct fake_source *fake = data;

	enter(fake);
	while (!fake->stopping || fake->calls) {
		struct source_call *call = choose(fake);

		if (!call) {
			pthread_cond_wait(&fake->changed, &fake->lock);
			continue;
		}
		fake->busy = true;
		step(call);
		fake->busy = false;
		pthread_cond_broadcast(&fake->changed);
	}
	leave(fake);
	return NULL;
}

/* As a source
 * --------------------------------------------------------------------- */

static struct fake_source *fake_of(struct source *source)
{
	return (struct fake_source *)(void *)source;
}

/* Counts it, and says what is to go wrong with it. */
static int begin(struct fake_source *fake, int kind, struct source_call *call)
{
	struct fault *fault = &fake->faults[kind];

	if (fake->stopping)
		return -ECANCELED;
	fake->counts[kind]++;
	call->fail_err = fake->fail_all[kind];
	if (fault->nth == 0 || --fault->nth > 0)
		return 0;
	if (fault->refused)
		return fault->err;
	call->fail_steps = fault->steps;
	call->fail_err = fault->err;
	return 0;
}

static struct source_call *new_call(struct fake_source *fake, int kind)
{
	struct source_call *call = calloc(1, sizeof(*call));

	if (!call)
		abort();
	call->fake = fake;
	call->kind = kind;
	call->holders = 2;
	return call;
}

static int put_under_way(struct fake_source *fake, struct source_call *call,
			 int err, struct source_call **ret_call)
{
	if (err) {
		free(call->records);
		free(call);
	} else {
		fake->live++;
		*ret_call = call;
		DL_APPEND(fake->calls, call);
	}
	leave(fake);
	return err;
}

static int list(struct source *source, const struct source_query *query,
		const struct source_listing *listing,
		struct source_call **ret_call)
{
	struct fake_source *fake = fake_of(source);
	struct source_call *call = new_call(fake, (int)query->kind);
	int err;

	if (query->kind > SOURCE_PARTS)
		broken("no such kind of listing");
	call->listing = *listing;
	enter(fake);
	err = begin(fake, call->kind, call);
	if (!err)
		call->answer_err =
			world_answer(&fake->world, query, &call->records,
				     &call->record_count);
	call->restarting = fake->restart_next;
	if (!err)
		fake->restart_next = false;
	return put_under_way(fake, call, err, ret_call);
}

static void record_range(struct fake_source *fake,
			 const struct source_range *range)
{
	int count = fake->counts[FAKE_FETCH];

	fake->ranges = reallocarray(fake->ranges, (size_t)count,
				    sizeof(*fake->ranges));
	if (!fake->ranges)
		abort();
	fake->ranges[count - 1] = (struct fake_range){
		.offset = range->offset,
		.size = range->size,
		.prefetch = range->prefetch,
	};
}

static int fetch(struct source *source, const struct source_range *range,
		 const struct source_fetch *sink, struct source_call **ret_call)
{
	struct fake_source *fake = fake_of(source);
	struct source_call *call = new_call(fake, FAKE_FETCH);
	int err;

	if (range->offset < 0 || range->size <= 0 ||
	    range->offset > range->file_size - range->size)
		broken("a range that is not in its file");
	call->fetch = *sink;
	call->range = *range;
	call->seed = seed_of(range->file_id, range->path);
	enter(fake);
	err = begin(fake, FAKE_FETCH, call);
	if (err != -ECANCELED)
		record_range(fake, range);
	return put_under_way(fake, call, err, ret_call);
}

static void cancel(struct source_call *call)
{
	struct fake_source *fake = call->fake;

	enter(fake);
	if (!call->cancelled)
		fake->cancels++;
	call->cancelled = true;
	leave(fake);
}

static void promote(struct source_call *call)
{
	struct fake_source *fake = call->fake;

	if (call->kind != FAKE_FETCH || !call->range.prefetch)
		broken("a promotion of what was no prefetch");
	enter(fake);
	fake->promotions++;
	leave(fake);
}

static int capacity(struct source *source)
{
	struct fake_source *fake = fake_of(source);
	int most;

	enter(fake);
	most = fake->capacity;
	leave(fake);
	return most;
}

static void release(struct source_call *call)
{
	struct fake_source *fake = call->fake;

	enter(fake);
	drop_holder(call);
	leave(fake);
}

static const struct source_operations operations = {
	.list = list,
	.fetch = fetch,
	.cancel = cancel,
	.promote = promote,
	.capacity = capacity,
	.unref = release,
};

/* Life
 * -----------------------------------------------------------------------------
 */

struct fake_source *fake_source_create(void)
{
	struct fake_source *fake = calloc(1, sizeof(*fake));

	if (!fake)
		abort();
	fake->source.operations = &operations;
	pthread_mutex_init(&fake->lock, NULL);
	pthread_cond_init(&fake->changed, NULL);
	fake->page_size = 100;
	fake->capacity = 8;
	fake->least_piece = fake->max_piece = 64 * 1024;
	fake->version = world_text(&fake->world, "v1");
	if (pthread_create(&fake->thread, NULL, work, fake))
		abort();
	return fake;
}

void fake_source_stop(struct fake_source *fake)
{
	enter(fake);
	fake->stopping = true;
	leave(fake);
	if (!fake->stopped)
		pthread_join(fake->thread, NULL);
	fake->stopped = true;
}

void fake_source_destroy(struct fake_source *fake)
{
	if (!fake)
		return;
	if (!fake->stopped)
		fake_source_stop(fake);
	if (fake->live > 0)
		broken("calls were not released");
	world_finish(&fake->world);
	free(fake->ranges);
	pthread_cond_destroy(&fake->changed);
	pthread_mutex_destroy(&fake->lock);
	free(fake);
}

struct source *fake_source_of(struct fake_source *fake)
{
	return &fake->source;
}

/* What there is
 * ---------------------------------------------------------------------- */

static void add(struct fake_source *fake, const struct world_item *item)
{
	enter(fake);
	world_add(&fake->world, item);
	leave(fake);
}

void fake_add_dataset(struct fake_source *fake, const char *id,
		      const char *name)
{
	add(fake,
	    &(struct world_item){
		    .kind = WORLD_DATASET,
		    .record = {.id = id, .name = name, .record_count = -1},
	    });
}

void fake_add_hidden_dataset(struct fake_source *fake, const char *id,
			     const char *name)
{
	add(fake,
	    &(struct world_item){
		    .kind = WORLD_DATASET,
		    .record = {.id = id, .name = name, .record_count = -1},
		    .hidden = true,
	    });
}

void fake_rename_dataset(struct fake_source *fake, const char *id,
			 const char *name)
{
	enter(fake);
	world_find(&fake->world, id)->record.name =
		world_text(&fake->world, name);
	leave(fake);
}

void fake_add_batch(struct fake_source *fake, const char *dataset_id,
		    const struct fake_batch *batch)
{
	add(fake,
	    &(struct world_item){
		    .kind = WORLD_BATCH,
		    .parent = dataset_id,
		    .record = {.id = batch->id,
			       .key = batch->key ? batch->key : batch->id,
			       .alternate_id = batch->alternate_id,
			       .status = "success",
			       .client = batch->client ? batch->client
						       : "acp_foundation_push",
			       .replaces = batch->replaces,
			       .created_ms = batch->created_ms,
			       .modified_ms = batch->modified_ms,
			       .record_count = batch->record_count},
	    });
}

void fake_add_part(struct fake_source *fake, const char *batch_id,
		   const char *file_id, const char *path, int64_t size)
{
	const char *slash = strrchr(path, '/');

	add(fake, &(struct world_item){
			  .kind = WORLD_PART,
			  .parent = batch_id,
			  .record = {.id = file_id,
				     .key = path,
				     .name = slash ? slash + 1 : path,
				     .size = size,
				     .record_count = -1},
		  });
}

void fake_remove(struct fake_source *fake, const char *id)
{
	enter(fake);
	world_find(&fake->world, id)->removed = true;
	leave(fake);
}

/* How it answers
 * ----------------------------------------------------------------------- */

void fake_set_page_size(struct fake_source *fake, size_t records)
{
	enter(fake);
	fake->page_size = records;
	leave(fake);
}

void fake_set_capacity(struct fake_source *fake, int ranges)
{
	enter(fake);
	fake->capacity = ranges;
	leave(fake);
}

void fake_set_pieces(struct fake_source *fake, size_t least, size_t most)
{
	enter(fake);
	fake->least_piece = least;
	fake->max_piece = most;
	leave(fake);
}

void fake_set_version(struct fake_source *fake, const char *version)
{
	enter(fake);
	fake->version = world_text(&fake->world, version);
	leave(fake);
}

void fake_shuffle(struct fake_source *fake, uint64_t seed)
{
	enter(fake);
	fake->shuffled = true;
	fake->random.state = seed;
	leave(fake);
}

void fake_restart_next(struct fake_source *fake)
{
	enter(fake);
	fake->restart_next = true;
	leave(fake);
}

void fake_fail(struct fake_source *fake, int kind, int nth, int steps, int err)
{
	enter(fake);
	fake->faults[kind] =
		(struct fault){.nth = nth, .steps = steps, .err = err};
	leave(fake);
}

void fake_refuse(struct fake_source *fake, int kind, int nth, int err)
{
	enter(fake);
	fake->faults[kind] =
		(struct fault){.nth = nth, .err = err, .refused = true};
	leave(fake);
}

void fake_fail_all(struct fake_source *fake, int kind, int err)
{
	enter(fake);
	fake->fail_all[kind] = err;
	leave(fake);
}

/* Gates
 * -------------------------------------------------------------------------------
 */

void fake_hold(struct fake_source *fake)
{
	enter(fake);
	fake->held = true;
	fake->permits = 0;
	leave(fake);
}

void fake_step(struct fake_source *fake, int steps)
{
	enter(fake);
	fake->permits += steps;
	pthread_cond_broadcast(&fake->changed);
	while (fake->busy || (fake->permits > 0 && fake->calls))
		pthread_cond_wait(&fake->changed, &fake->lock);
	fake->permits = 0;
	leave(fake);
}

void fake_open(struct fake_source *fake)
{
	enter(fake);
	fake->held = false;
	leave(fake);
}

void fake_await(struct fake_source *fake, int kind, int count)
{
	enter(fake);
	while (fake->counts[kind] < count)
		pthread_cond_wait(&fake->changed, &fake->lock);
	leave(fake);
}

void fake_await_idle(struct fake_source *fake)
{
	enter(fake);
	while (fake->calls || fake->busy)
		pthread_cond_wait(&fake->changed, &fake->lock);
	leave(fake);
}

/* What was asked
 * ------------------------------------------------------------------------ */

int fake_count(struct fake_source *fake, int kind)
{
	int count;

	enter(fake);
	count = fake->counts[kind];
	leave(fake);
	return count;
}

int fake_count_all(struct fake_source *fake)
{
	int count = 0;

	for (int kind = 0; kind < FAKE_KINDS; kind++)
		count += fake_count(fake, kind);
	return count;
}

int fake_cancelled(struct fake_source *fake)
{
	int count;

	enter(fake);
	count = fake->cancels;
	leave(fake);
	return count;
}

int fake_promoted(struct fake_source *fake)
{
	int count;

	enter(fake);
	count = fake->promotions;
	leave(fake);
	return count;
}

bool fake_range(struct fake_source *fake, int index,
		struct fake_range *ret_range)
{
	bool there;

	enter(fake);
	there = index < fake->counts[FAKE_FETCH];
	if (there)
		*ret_range = fake->ranges[index];
	leave(fake);
	return there;
}

static int by_offset(const void *a, const void *b)
{
	const struct fake_range *x = a, *y = b;

	return (x->offset > y->offset) - (x->offset < y->offset);
}

int64_t fake_bytes_asked_twice(struct fake_source *fake)
{
	int64_t end = 0, twice = 0;
	struct fake_range *sorted;
	size_t count;

	enter(fake);
	count = (size_t)fake->counts[FAKE_FETCH];
	sorted = calloc(count + 1, sizeof(*sorted));
	if (!sorted)
		abort();
	if (count)
		memcpy(sorted, fake->ranges, count * sizeof(*sorted));
	leave(fake);
	qsort(sorted, count, sizeof(*sorted), by_offset);
	for (size_t i = 0; i < count; i++) {
		int64_t last = sorted[i].offset + sorted[i].size;

		if (end > sorted[i].offset)
			twice += (last < end ? last : end) - sorted[i].offset;
		if (last > end)
			end = last;
	}
	free(sorted);
	return twice;
}
