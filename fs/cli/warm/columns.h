#ifndef CAIFS_CLI_COLUMNS_H
#define CAIFS_CLI_COLUMNS_H

/*
 * Which columns of parquet files are wanted. A column is named by its path
 * with dots, or by the start of it that its siblings share: `a` is all that is
 * in `a`, `a.b` what is in that.
 *
 * Names are given at first, by one thread; then files are looked at by any.
 */

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "caifs/parquet.h"

struct column_name;

struct columns {
	struct column_name *names;
	size_t count;
	pthread_mutex_t lock;
	struct parquet_names *example; /* guarded by lock; NULL: none seen */
};

void columns_init(struct columns *columns);
void columns_finish(struct columns *columns);

/* "NAME[,NAME...]". 0, -EINVAL for an empty name, or -ENOMEM. */
int columns_add(struct columns *columns, const char *list);

/* Which leaves of a file are wanted, by position, into `ret_wanted` of
   `names->count`. Takes `names` over. */
void columns_choose(struct columns *columns, struct parquet_names *names,
		    bool *ret_wanted);

/* After all files: the first name that no file has, or NULL; and what there
   is, as text of `size` bytes. Meaningless where no file was looked at. */
const char *columns_unknown(struct columns *columns, char *there, size_t size);

#endif
