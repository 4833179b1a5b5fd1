#ifndef CAIFS_DATA_INTERNAL_H
#define CAIFS_DATA_INTERNAL_H

/* What the data layer's files share. */

#include <pthread.h>

#include "caifs/data.h"
#include "file.h"
#include "fill.h"
#include "missing.h"
#include "pace.h"
#include "pool.h"

struct data {
	struct source *source;
	bool no_parquet;
	struct plan_kernel kernel;
	pthread_mutex_t lock; /* guards the rest */
	struct pool pool;
	struct data_file *files; /* by number */
	struct data_file *idle;	 /* those that nobody needs, oldest first */
	size_t idle_count;
	struct fill_queue queue;
	struct pace pace;
	int64_t streaming_count; /* parts */
	unsigned long long reads, parked;
};

void data_enter(struct data *data);
/* Starts what can be started (with the lock released), then releases it. */
void data_leave(struct data *data);

/* NULL: not heard of lately. */
struct data_file *data_find(struct data *data, uint64_t number);

/* The part, which is settled once nobody needs it. */
int data_find_or_add(struct data *data, const struct data_part *part,
		     struct data_file **ret_file);

/* Drops what memory has of a part, but for what is in use right now. */
void data_forget_blocks(struct data *data, struct data_file *file);

/* If nobody needs it, it is kept as one of the last few thousand. */
void data_settle_file(struct data *data, struct data_file *file);

#endif
