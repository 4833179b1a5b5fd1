#ifndef CAIFS_DATA_INTERNAL_H
#define CAIFS_DATA_INTERNAL_H

/* The data layer's state, for the files above fill.h. */

#include <pthread.h>

#include "caifs/data.h"
#include "fill.h"
#include "parquet_state.h"
#include "part.h"
#include "pool.h"
#include "prefetch_queue.h"
#include "read.h"

/* The most steps in one hold of the lock. A step is a tree node looked at, or a
   block or a waiter moved. The most expensive operation takes the blocks of a
   range: 129 times out of one tree and into another, each at most 30 deep,
   and back up. */
enum { DATA_LOCK_STEPS = 16 * 1024 };

struct data {
	struct source *source;
	bool no_parquet;
	struct column_kernel kernel;
	pthread_mutex_t lock;	   /* guards the rest */
	uint64_t steps, max_steps; /* in this hold; the most in one */
	struct pool pool;
	struct parts parts;
	struct fills fills;
	struct reads reads;
	struct prefetch_queue wants;
	void (*changed)(void *watcher, uint64_t inode);
	void *watcher;
	int notifying; /* calls of `changed` under way */
	pthread_cond_t notified;
	bool dispatching;	 /* a thread is calling source_fetch() */
	int64_t streaming_count; /* parts */
	unsigned long long read_count;
};

static inline void data_lock(struct data *data)
{
	pthread_mutex_lock(&data->lock);
	data->steps = 0;
}

/* Starts nothing; data_dispatch_and_unlock() (transfer.h) does. */
static inline void data_unlock(struct data *data)
{
	if (data->steps > data->max_steps)
		data->max_steps = data->steps;
	pthread_mutex_unlock(&data->lock);
}

/* data_create() with that many blocks; they must hold the largest read. */
int data_create_of_blocks(const struct data_config *config, size_t blocks,
			  struct data **ret_data);

#endif
