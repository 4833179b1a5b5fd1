#ifndef CAIFS_DATA_AHEAD_H
#define CAIFS_DATA_AHEAD_H

/*
 * What is fetched before it is asked for: the window of a sequential reader,
 * and the parts that follow one that is read whole. It only ever queues ranges
 * that nobody waits for; what cannot be had is no error.
 *
 * Guarded by the data lock.
 */

#include <stdbool.h>
#include <stdint.h>

struct data;
struct data_file;

/* A read of [offset, end), which has to wait or not. `ret_demand`: how far the
   range that it waits for had best go, >= end. */
void ahead_note_read(struct data *data, struct data_file *file, int64_t offset,
		     int64_t end, bool stalled, int64_t *ret_demand);

#endif
