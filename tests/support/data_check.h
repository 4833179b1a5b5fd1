#ifndef CAIFS_TEST_DATA_CHECK_H
#define CAIFS_TEST_DATA_CHECK_H

/* Checks the invariants of a data layer while its lock is free (docs/data.md).
   The first that does not hold aborts the test. */

#include <stddef.h>

#include "data_internal.h"

/* `reads`: all reads of the test's waiters and views. `nodes`: the test's
   references to parts, without its handles. */
void data_check(struct data *data, struct data_read *const *reads, size_t count,
		size_t nodes);

#endif
