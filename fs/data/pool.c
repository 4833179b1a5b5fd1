/* Blocks: see pool.h. */

#include "pool.h"

#include "file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include <utlist.h>

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

void pool_pin(struct pool *pool, struct data_block *block)
{
	if (block->pins++ == 0) {
		DL_DELETE(pool->unused, block);
		pool->unused_count--;
	}
}

void pool_unpin(struct pool *pool, struct data_block *block)
{
	if (--block->pins == 0) {
		DL_APPEND(pool->unused, block);
		pool->unused_count++;
	}
}

/* Its place in the part is forgotten; where it stands in `unused` is not
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

struct data_block *pool_take(struct pool *pool, struct data_file *file,
			     int64_t index)
{
	struct data_block *block = pool_find(pool, file, index);

	if (block) {
		pool_pin(pool, block);
		return block;
	}
	block = pool->unused;
	if (!block)
		return NULL;
	if (block->key.file)
		pool->evictions++;
	detach(pool, block);
	memset(&block->key, 0, sizeof(block->key));
	block->key.file = file;
	block->key.index = index;
	HASH_ADD(hh, pool->by_key, key, sizeof(block->key), block);
	if (!block->hh.tbl) {
		block->key = (struct block_key){0};
		return NULL;
	}
	pool->used_count++;
	file_gained_block(file);
	pool_pin(pool, block);
	return block;
}

void pool_drop(struct pool *pool, struct data_block *block)
{
	detach(pool, block);
	DL_DELETE(pool->unused, block);
	DL_PREPEND(pool->unused, block);
}
