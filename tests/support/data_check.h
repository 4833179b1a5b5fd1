#ifndef CAIFS_TEST_DATA_CHECK_H
#define CAIFS_TEST_DATA_CHECK_H

/* What must hold in a data layer whenever its lock is free (docs/data.md): the
   first thing that does not ends the test. */

#include <stddef.h>

#include "data_internal.h"

/* `reads`: all that there are, by their waiters and views. `nodes`: how many
   references to parts the test has beside its handles. */
void data_check(struct data *data, struct data_read *const *reads, size_t count,
		size_t nodes);

#endif
