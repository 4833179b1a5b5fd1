#ifndef CAIFS_DATA_THROUGHPUT_ESTIMATE_H
#define CAIFS_DATA_THROUGHPUT_ESTIMATE_H

/*
 * Latency to the first byte of a range, and throughput of one connection after
 * it. They decide how long a range may be, and which gap between two ranges is
 * worth fetching.
 *
 * Pure: no I/O, no clock. The caller's lock guards the state.
 */

#include <stdbool.h>
#include <stdint.h>

struct throughput_estimate {
	double latency_ms;   /* to the first byte; 0: unknown */
	double bytes_per_ms; /* of one connection; 0: unknown */
};

/* A range of `bytes` has arrived: its first byte after `first_ms`, its last one
   `body_ms` later. */
void throughput_estimate_note(struct throughput_estimate *estimate,
			      int64_t bytes, int64_t first_ms, int64_t body_ms);

/* The longest range to fetch: one that takes at most 15 s (the platform ends a
   request after 60), and at most `max` bytes. */
int64_t throughput_estimate_range(const struct throughput_estimate *estimate,
				  int64_t max);

/* Bytes that arrive within one round trip: fetch a smaller gap with the ranges
   around it. */
int64_t throughput_estimate_gap(const struct throughput_estimate *estimate);

/* So slow that a prefetch would delay a demand range. False while unknown. */
bool throughput_estimate_is_slow(const struct throughput_estimate *estimate);

#endif
