/* Calls that change something: see gateway_write.h. */

#include "caifs/gateway_write.h"

#include "gateway_internal.h"

#include <errno.h>

static void begin(struct gateway *gateway, struct gateway_call *call)
{
	if (!gateway->config.writes) {
		call->on->done(call, -EROFS);
		return;
	}
	gateway_begin(gateway, call);
}

void gateway_post(struct gateway *gateway, struct gateway_call *call,
		  const char *json, size_t size)
{
	call->exchange.method = HTTP_POST;
	call->exchange.body = json;
	call->exchange.body_size = size;
	call->exchange.once = true;
	begin(gateway, call);
}

void gateway_delete(struct gateway *gateway, struct gateway_call *call)
{
	call->exchange.method = HTTP_DELETE;
	begin(gateway, call);
}
