/* Latency and throughput: see throughput_estimate.h. */

#include "throughput_estimate.h"

enum {
	RANGE_MS = 15 * 1000,
	/* A shorter range arrives at once and shows no rate. */
	TELLING_BYTES = 128 * 1024,
	LEAST_RANGE = 64 * 1024,
	LEAST_GAP = 16 * 1024,
	MAX_GAP = 1024 * 1024,
	SLOW_BYTES_PER_MS = 256, /* 256 kB/s */
};

/* Exponential moving average. */
static void smooth(double *value, double sample)
{
	*value = *value > 0 ? *value + (sample - *value) / 4 : sample;
}

void throughput_estimate_note(struct throughput_estimate *estimate,
			      int64_t bytes, int64_t first_ms, int64_t body_ms)
{
	smooth(&estimate->latency_ms, first_ms > 0 ? (double)first_ms : 0.5);
	if (bytes >= TELLING_BYTES)
		smooth(&estimate->bytes_per_ms,
		       (double)bytes / (body_ms > 0 ? (double)body_ms : 0.5));
}

int64_t throughput_estimate_range(const struct throughput_estimate *estimate,
				  int64_t max)
{
	double range = estimate->bytes_per_ms * RANGE_MS;

	if (estimate->bytes_per_ms <= 0 || range >= (double)max)
		return max;
	return range > LEAST_RANGE ? (int64_t)range : LEAST_RANGE;
}

int64_t throughput_estimate_gap(const struct throughput_estimate *estimate)
{
	double gap = estimate->bytes_per_ms * estimate->latency_ms;

	if (gap < LEAST_GAP)
		return LEAST_GAP;
	return gap < MAX_GAP ? (int64_t)gap : MAX_GAP;
}

bool throughput_estimate_is_slow(const struct throughput_estimate *estimate)
{
	return estimate->bytes_per_ms > 0 &&
	       estimate->bytes_per_ms < SLOW_BYTES_PER_MS;
}
