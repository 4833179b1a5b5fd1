#ifndef CAIFS_FUSE_SLOW_READ_LOG_H
#define CAIFS_FUSE_SLOW_READ_LOG_H

/*
 * A log line for a read that succeeded but took long: where the time went. At
 * most one line in ten seconds, because many are slow at a time; the next line
 * has the number of those suppressed. Any thread.
 */

#include <stdatomic.h>
#include <stdint.h>

struct slow_read_log {
	_Atomic int64_t quiet_until_ms; /* monotonic */
	_Atomic unsigned suppressed;
};

struct request;

/* Call after the reply, before the request is freed. */
void slow_read_log_note(const struct request *request);

#endif
