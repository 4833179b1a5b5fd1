/* Blocks: see pool.h. */

#include "pool.h"

#include "caifs/clock.h"
#include "file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include <utlist.h>

/* Bytes fetched ahead that nobody has come for in this time. */
enum { UNREAD_MS = 10 * 1000 };

int pool_init(struct pool *pool, size_t bytes)
{
	*pool = (struct pool){.count = bytes / DATA_BLOCK};
	pool->blocks = calloc(pool->count, sizeof(*pool->blocks));
	if (!pool->blocks)
		return -ENOMEM;
	pool->memory =
		mmap(NULL, pool->count * DATA_BLOCK, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (pool->memory == MAP_FAILED) {
		free(pool->blocks);
		pool->blocks = NULL;
		pool->memory = NULL;
		return -ENOMEM;
	}
	/* A help, where there are such pages: fewer faults, fewer misses. */
	madvise(pool->memory, pool->count * DATA_BLOCK, MADV_HUGEPAGE);
	for (size_t i = 0; i < pool->count; i++) {
		pool->blocks[i].bytes = pool->memory + i * DATA_BLOCK;
		DL_APPEND(pool->unused, &pool->blocks[i]);
	}
	pool->unused_count = pool->count;
	return 0;
}

void pool_finish(struct pool *pool)
{
	HASH_CLEAR(hh, pool->by_key);
	if (pool->memory)
		munmap(pool->memory, pool->count * DATA_BLOCK);
	free(pool->blocks);
}

struct data_block *pool_find(struct pool *pool, struct data_file *file,
			     int64_t index)
{
	struct block_key key;
	struct data_block *block;

	memset(&key, 0, sizeof(key));
	key.file = file;
	key.index = index;
	HASH_FIND(hh, pool->by_key, &key, sizeof(key), block);
	return block;
}

/* --- The two lists --- */

static void list_remove(struct pool *pool, struct data_block *block)
{
	if (block->unread) {
		DL_DELETE(pool->unread, block);
		pool->unread_count--;
	} else {
		DL_DELETE(pool->unused, block);
		pool->unused_count--;
	}
}

static void list_append(struct pool *pool, struct data_block *block)
{
	if (block->unread) {
		block->since_ms = clock_now_ms();
		DL_APPEND(pool->unread, block);
		pool->unread_count++;
	} else {
		if (block->spent)
			DL_PREPEND(pool->unused, block);
		else
			DL_APPEND(pool->unused, block);
		pool->unused_count++;
	}
}

void pool_pin(struct pool *pool, struct data_block *block)
{
	if (block->pins++ == 0)
		list_remove(pool, block);
}

void pool_unpin(struct pool *pool, struct data_block *block)
{
	if (--block->pins == 0)
		list_append(pool, block);
}

static void set_unread(struct pool *pool, struct data_block *block, bool unread)
{
	pool->ahead_count += unread;
	pool->ahead_count -= block->unread;
	block->unread = unread;
}

/* It is worth what a block is that was read. */
static void give_up(struct pool *pool, struct data_block *block)
{
	bool listed = block->pins == 0;

	if (!block->unread)
		return;
	if (listed)
		list_remove(pool, block);
	set_unread(pool, block, false);
	if (listed)
		list_append(pool, block);
}

void pool_note_read(struct pool *pool, struct data_block *block, bool spent)
{
	give_up(pool, block);
	block->spent = spent;
}

void pool_give_up_unread(struct pool *pool, const struct data_file *file)
{
	struct data_block *block, *next;

	DL_FOREACH_SAFE (pool->unread, block, next)
		if (block->key.file == file)
			give_up(pool, block);
}

void pool_age(struct pool *pool, int64_t now_ms)
{
	while (pool->unread && now_ms - pool->unread->since_ms > UNREAD_MS)
		give_up(pool, pool->unread);
}

/* --- Taking and giving back --- */

/* Its place in the part is forgotten; where it stands in its list is not
   changed. */
static void detach(struct pool *pool, struct data_block *block)
{
	struct data_file *file = block->key.file;

	if (!file)
		return;
	HASH_DEL(pool->by_key, block);
	file_lost_block(file, block);
	if (file->block_count == 0 && !file->emptied) {
		file->emptied = true;
		LL_PREPEND2(pool->emptied, file, emptied_next);
	}
	block->key = (struct block_key){0};
	block->valid = 0;
	pool->used_count--;
}

size_t pool_most_ahead(const struct pool *pool)
{
	return pool->count - pool->count / 4;
}

size_t pool_room(const struct pool *pool, bool ahead)
{
	size_t max = pool_most_ahead(pool);
	size_t left;

	if (!ahead)
		return pool->unused_count + pool->unread_count;
	left = pool->ahead_count < max ? max - pool->ahead_count : 0;
	return left < pool->unused_count ? left : pool->unused_count;
}

/* Taken out of its list, free. */
static struct data_block *take_over(struct pool *pool, bool ahead)
{
	struct data_block *block = pool->unused;

	if (!block && !ahead)
		block = pool->unread;
	if (!block)
		return NULL;
	if (block->key.file)
		pool->evictions++;
	pool->wasted += block->unread;
	list_remove(pool, block);
	set_unread(pool, block, false);
	block->spent = false;
	detach(pool, block);
	return block;
}

struct data_block *pool_take(struct pool *pool, struct data_file *file,
			     int64_t index, bool ahead)
{
	struct data_block *block = pool_find(pool, file, index);

	if (block) {
		pool_pin(pool, block);
		return block;
	}
	block = take_over(pool, ahead);
	if (!block)
		return NULL;
	memset(&block->key, 0, sizeof(block->key));
	block->key.file = file;
	block->key.index = index;
	HASH_ADD(hh, pool->by_key, key, sizeof(block->key), block);
	if (!block->hh.tbl) {
		block->key = (struct block_key){0};
		list_append(pool, block);
		return NULL;
	}
	pool->used_count++;
	file_gained_block(file);
	block->pins = 1;
	set_unread(pool, block, ahead);
	return block;
}

void pool_drop(struct pool *pool, struct data_block *block)
{
	list_remove(pool, block);
	set_unread(pool, block, false);
	detach(pool, block);
	DL_PREPEND(pool->unused, block);
	pool->unused_count++;
}
