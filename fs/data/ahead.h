#ifndef CAIFS_DATA_AHEAD_H
#define CAIFS_DATA_AHEAD_H

/*
 * What a read has fetched: what it waits for, first and in as few ranges as may
 * be, and then what will be asked for next: the window of a sequential reader,
 * the parts that follow one that is read whole, the columns of a table. Nobody
 * waits for the latter, and where it cannot be had that is no error.
 *
 * Guarded by the data lock.
 */

#include <stdint.h>

struct data;
struct data_file;

/* A read of [offset, end) of which the bytes from `missing` on are not in
   memory; `end`: all are. Queues. 0, or -ENOMEM for what it waits for. */
int ahead_note_read(struct data *data, struct data_file *file, int64_t offset,
		    int64_t end, int64_t missing);

#endif
