#ifndef CAIFS_DATA_THROUGHPUT_ESTIMATE_H
#define CAIFS_DATA_THROUGHPUT_ESTIMATE_H

/*
 * How fast bytes come: how long a range lets wait for its first byte, and what
 * one connection brings after that. From these follow how long a range may be
 * and what a gap between two ranges costs.
 *
 * Pure: numbers in, numbers out. The caller's lock guards the state.
 */

#include <stdbool.h>
#include <stdint.h>

struct throughput_estimate {
	double latency_ms;   /* to the first byte; 0: not known yet */
	double bytes_per_ms; /* of one connection; 0: not known yet */
};

/* A range of `bytes` has come: the first byte after `first_ms`, the last one
   `body_ms` after that. */
void throughput_estimate_note(struct throughput_estimate *estimate,
			      int64_t bytes, int64_t first_ms, int64_t body_ms);

/* The longest range to ask for: one that is under way for 15 s at the most
   (the platform cuts off at 60), and no longer than `max`. */
int64_t throughput_estimate_range(const struct throughput_estimate *estimate,
				  int64_t max);

/* Bytes that come in the time of one more round trip: where a gap is smaller,
   it is better fetched than left out. */
int64_t throughput_estimate_gap(const struct throughput_estimate *estimate);

/* So slow that a range ahead is in the way of one that is waited for. */
bool throughput_estimate_is_slow(const struct throughput_estimate *estimate);

#endif
