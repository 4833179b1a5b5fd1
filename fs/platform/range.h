#ifndef CAIFS_PLATFORM_RANGE_H
#define CAIFS_PLATFORM_RANGE_H

#include "caifs/gateway.h"
#include "caifs/source.h"

/* The bytes of a part (source.h, `fetch`): contract 4.5. */
int range_fetch(struct gateway *gateway, struct http *http, int timeout_ms,
		const struct source_range *range,
		const struct source_fetch *fetch,
		struct source_call **ret_call);

/* What Content-Range says; pure. `last` may lie beyond `total`: contract 4.5
   tells of servers that do not clamp it. -EBADMSG: not "bytes a-b/total". */
struct content_range {
	int64_t first, last, total;
};
int content_range_parse(const char *header, struct content_range *ret_range);

#endif
