/* Blocks: see pool.h. */

#include "pool.h"

#include "caifs/clock.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>

/* Blocks looked at in one call for what has expired. */
enum { LOOK_AT = 16 };

int pool_init(struct pool *pool, size_t count, uint64_t *steps)
{
	*pool = (struct pool){
		.count = count,
		.max_ahead = eviction_first_ahead(count),
		.steps = steps,
	};
	list_init(&pool->free);
	list_init(&pool->consumed);
	list_init(&pool->read);
	list_init(&pool->ahead);
	list_init(&pool->orphans);
	pool->blocks = calloc(count, sizeof(*pool->blocks));
	if (!pool->blocks)
		return -ENOMEM;
	pool->memory = mmap(NULL, count * DATA_BLOCK, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (pool->memory == MAP_FAILED) {
		free(pool->blocks);
		return -ENOMEM;
	}
	/* Optional: fewer page faults and TLB misses. */
	madvise(pool->memory, count * DATA_BLOCK, MADV_HUGEPAGE);
	return 0;
}

void pool_finish(struct pool *pool)
{
	munmap(pool->memory, pool->count * DATA_BLOCK);
	free(pool->blocks);
}

char *pool_bytes(const struct pool *pool, const struct block *block)
{
	return pool->memory + (size_t)(block - pool->blocks) * DATA_BLOCK;
}

static struct block *block_in(struct list_node *node)
{
	return container_of(node, struct block, in_list);
}

static struct extents *ahead_in(struct list_node *node)
{
	return container_of(node, struct extents, in_ahead);
}

/* --- Classes --- */

static bool is_ahead(const struct block *block)
{
	return block->extents && block->ahead_for == block->extents->readers;
}

static void set_ahead(struct pool *pool, struct block *block, bool ahead)
{
	size_t before = is_ahead(block);

	block->ahead_for = ahead ? block->extents->readers : 0;
	pool->ahead_count += ahead - before;
	block->extents->ahead_count += ahead - before;
}

static struct list *list_of(struct pool *pool, const struct block *block)
{
	if (!block->extents)
		return &pool->free;
	if (is_ahead(block))
		return &block->extents->ahead;
	return block->consumed ? &pool->consumed : &pool->read;
}

static void join_list(struct pool *pool, struct block *block)
{
	struct list *list = list_of(pool, block);

	++*pool->steps;
	list_append(list, &block->in_list);
	if (!is_ahead(block))
		return;
	block->since_ms = clock_now_ms();
	pool->ahead_idle++;
	if (list->count == 1)
		list_append(&pool->ahead, &block->extents->in_ahead);
}

static void leave_list(struct pool *pool, struct block *block)
{
	struct list *list = list_of(pool, block);

	++*pool->steps;
	list_remove(list, &block->in_list);
	if (!is_ahead(block))
		return;
	pool->ahead_idle--;
	if (list->count == 0)
		list_remove(&pool->ahead, &block->extents->in_ahead);
}

/* Orphans go with their last reference and block. */
static void free_if_unused(struct extents *extents)
{
	if (extents->orphaned && !extents->references && !extents->block_count)
		free(extents);
}

/* Removes a block, which is in no list, from its extents. */
static void detach(struct pool *pool, struct block *block)
{
	struct extents *extents = block->extents;

	set_ahead(pool, block, false);
	block->consumed = false;
	extents_remove(block);
	pool->used_count--;
	if (extents->orphaned && extents->block_count == extents->pinned &&
	    list_has(&extents->in_orphans))
		list_remove(&pool->orphans, &extents->in_orphans);
	free_if_unused(extents);
}

static void free_block(struct pool *pool, struct block *block)
{
	detach(pool, block);
	join_list(pool, block);
}

/* --- Taking and unpinning --- */

static struct eviction_view view_of(const struct pool *pool)
{
	return (struct eviction_view){
		.count = {[EVICT_FREE] =
				  pool->free.count + pool->count - pool->fresh,
			  [EVICT_CONSUMED] = pool->consumed.count,
			  [EVICT_READ] = pool->read.count,
			  [EVICT_PREFETCHED] = pool->ahead_idle},
		.all = pool->count,
		.ahead = pool->ahead_count,
		.max_ahead = pool->max_ahead,
	};
}

size_t pool_available(const struct pool *pool, bool ahead)
{
	const struct eviction_view view = view_of(pool);

	return eviction_available(&view, ahead);
}

/* Returns a free block, in no list. */
static struct block *take_free(struct pool *pool)
{
	struct list_node *node = list_first(&pool->free);

	if (!node)
		return &pool->blocks[pool->fresh++];
	leave_list(pool, block_in(node));
	return block_in(node);
}

static struct block *evict(struct pool *pool, struct block *block)
{
	leave_list(pool, block);
	pool->evictions++;
	if (is_ahead(block)) {
		pool->wasted++;
		pool->max_ahead = eviction_ahead_after_loss(
			pool->max_ahead, pool->ahead_count, pool->count);
		block->extents->prefetch_evicted = true;
	}
	detach(pool, block);
	return block;
}

static struct block *take_block(struct pool *pool, bool ahead)
{
	struct eviction_view view;
	struct extents *extents;

	pool_free_orphans(pool, 1);
	view = view_of(pool);
	switch (eviction_next(&view, ahead)) {
	case EVICT_FREE:
		return take_free(pool);
	case EVICT_CONSUMED:
		return evict(pool, block_in(list_head(&pool->consumed)));
	case EVICT_RECYCLED:
		return evict(pool, block_in(list_tail(&pool->consumed)));
	case EVICT_READ:
		return evict(pool, block_in(list_head(&pool->read)));
	case EVICT_PREFETCHED:
		extents = ahead_in(list_head(&pool->ahead));
		return evict(pool, block_in(list_head(&extents->ahead)));
	case EVICT_NONE:
	default:
		return NULL;
	}
}

void pool_pin(struct pool *pool, struct block *block)
{
	++*pool->steps;
	if (block->pins++ > 0)
		return;
	leave_list(pool, block);
	pool->pinned++;
	block->extents->pinned++;
}

struct block *pool_take(struct pool *pool, struct extents *extents,
			int64_t index, bool ahead)
{
	struct block *block = extents_block(extents, index);

	if (block) {
		pool_pin(pool, block);
		return block;
	}
	block = take_block(pool, ahead);
	if (!block)
		return NULL;
	extents_add(extents, block, index);
	pool->used_count++;
	set_ahead(pool, block, ahead);
	block->pins = 1;
	pool->pinned++;
	extents->pinned++;
	return block;
}

void pool_unpin(struct pool *pool, struct block *block)
{
	struct extents *extents = block->extents;

	++*pool->steps;
	if (--block->pins > 0)
		return;
	pool->pinned--;
	extents->pinned--;
	if (!block->present || extents->orphaned) {
		free_block(pool, block);
		return;
	}
	join_list(pool, block);
}

void pool_note_read(struct pool *pool, struct block *block, bool consumed)
{
	if (is_ahead(block))
		pool->max_ahead =
			eviction_ahead_after_use(pool->max_ahead, pool->count);
	set_ahead(pool, block, false);
	block->consumed = consumed;
}

/* --- Prefetched and not read --- */

void pool_demote_ahead(struct pool *pool, struct extents *extents)
{
	if (list_has(&extents->in_ahead))
		list_remove(&pool->ahead, &extents->in_ahead);
	pool->ahead_idle -= extents->ahead.count;
	pool->ahead_count -= extents->ahead_count;
	extents->ahead_count = 0;
	list_move_all(&extents->ahead, &pool->read);
	/* Unmarks the pinned ones, too. */
	if (++extents->readers == 0)
		extents->readers = 1;
	extents->prefetch_evicted = false;
}

bool pool_demote_expired(struct pool *pool, int64_t now_ms)
{
	bool any = false;

	for (int i = 0; i < LOOK_AT && pool->ahead.count; i++) {
		struct extents *extents = ahead_in(list_head(&pool->ahead));
		struct block *block = block_in(list_head(&extents->ahead));

		++*pool->steps;
		if (!eviction_is_expired(block->since_ms, now_ms)) {
			/* Next time, look at others first. */
			list_remove(&pool->ahead, &extents->in_ahead);
			list_append(&pool->ahead, &extents->in_ahead);
			continue;
		}
		leave_list(pool, block);
		set_ahead(pool, block, false);
		join_list(pool, block);
		any = true;
	}
	return any;
}

/* --- Extents --- */

struct extents *extents_create(int64_t size, uint64_t *steps)
{
	struct extents *extents = malloc(sizeof(*extents));

	if (!extents)
		return NULL;
	extents_init(extents, size, steps);
	extents->references = 1;
	return extents;
}

void extents_unref(struct extents *extents)
{
	extents->references--;
	free_if_unused(extents);
}

void pool_orphan(struct pool *pool, struct extents *extents)
{
	pool_demote_ahead(pool, extents);
	extents->orphaned = true;
	if (extents->block_count > extents->pinned)
		list_append(&pool->orphans, &extents->in_orphans);
	extents_unref(extents);
}

void pool_free_orphans(struct pool *pool, int max)
{
	while (max-- > 0 && pool->orphans.count) {
		struct extents *extents = container_of(
			list_head(&pool->orphans), struct extents, in_orphans);
		struct tree_node *node =
			tree_ceiling(&extents->blocks, extents->orphans_from);
		struct block *block;

		if (!node) {
			extents->orphans_from = 0;
			continue;
		}
		block = container_of(node, struct block, by_index);
		extents->orphans_from = node->key + 1;
		if (block->pins == 0) {
			leave_list(pool, block);
			free_block(pool, block);
		}
	}
}
