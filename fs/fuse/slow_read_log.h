#ifndef CAIFS_FUSE_SLOW_READ_LOG_H
#define CAIFS_FUSE_SLOW_READ_LOG_H

/*
 * Reads that were answered, but late: a line in the log says where the time
 * went. One line in ten seconds at the most, for where one is slow many are;
 * the next says how many were left out. Any thread.
 */

#include <stdatomic.h>
#include <stdint.h>

struct slow_read_log {
	_Atomic int64_t quiet_until_ms;
	_Atomic unsigned suppressed;
};

struct request;

/* It has been answered. */
void slow_read_log_note(const struct request *request);

#endif
