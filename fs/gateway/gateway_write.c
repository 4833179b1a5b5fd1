/* Requests that change something: see gateway_write.h. */

#include "caifs/gateway_write.h"

#include "gateway_internal.h"

#include <errno.h>

static void begin(struct gateway *gateway, struct api_request *request)
{
	if (!gateway->config.writes) {
		request->on->done(request, -EROFS);
		return;
	}
	gateway_begin(gateway, request);
}

void gateway_post(struct gateway *gateway, struct api_request *request,
		  const char *json, size_t size)
{
	request->exchange.method = HTTP_POST;
	request->exchange.body = json;
	request->exchange.body_size = size;
	request->exchange.once = true;
	begin(gateway, request);
}

void gateway_delete(struct gateway *gateway, struct api_request *request)
{
	request->exchange.method = HTTP_DELETE;
	begin(gateway, request);
}
