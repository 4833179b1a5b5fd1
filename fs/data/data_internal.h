#ifndef CAIFS_DATA_INTERNAL_H
#define CAIFS_DATA_INTERNAL_H

/* What the data layer's files share. */

#include <pthread.h>

#include "caifs/data.h"
#include "file.h"
#include "fill.h"
#include "pool.h"

struct data {
	struct source *source;
	pthread_mutex_t lock; /* guards the rest */
	struct pool pool;
	struct data_file *files; /* by number */
	struct fill_queue queue;
	unsigned long long reads, parked;
};

void data_enter(struct data *data);
/* Starts what can be started (with the lock released), then releases it. */
void data_leave(struct data *data);

/* Frees the part if nobody needs it. */
void data_settle_file(struct data *data, struct data_file *file);

#endif
