#ifndef CAIFS_CLI_COLUMNS_H
#define CAIFS_CLI_COLUMNS_H

/*
 * The columns that --columns selects. A name is the dotted path of a column, or
 * of a group of columns: `a` selects everything in `a`.
 *
 * First one thread adds all names; then any thread may call the rest.
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

/* Sets ret_wanted[0..names->count): whether each leaf of a file is selected.
   Owns `names` from here on. */
void columns_choose(struct columns *columns, struct parquet_names *names,
		    bool *ret_wanted);

/* Call after all files. Returns the first name that no file has; NULL: none;
   borrowed from `columns`. Lists the columns of one file in `there`; "": no
   file was seen. */
const char *columns_unknown(struct columns *columns, char *there, size_t size);

#endif
