#ifndef CAIFS_PLATFORM_RANGE_H
#define CAIFS_PLATFORM_RANGE_H

#include "caifs/gateway.h"
#include "caifs/source.h"

/* As source_fetch(): contract 4.5. `gateway` and `http` are borrowed and must
   outlive the call. `timeout_ms` starts anew with each piece of data. */
int range_fetch(struct gateway *gateway, struct http *http, int timeout_ms,
		const struct source_range *range,
		const struct source_fetch *fetch,
		struct source_call **ret_call);

/* Reads a Content-Range header; pure. `last` may lie beyond `total`: some
   servers do not clamp it (contract 4.5). -EBADMSG: not "bytes a-b/total". */
struct content_range {
	int64_t first, last, total;
};
int content_range_parse(const char *header, struct content_range *ret_range);

#endif
