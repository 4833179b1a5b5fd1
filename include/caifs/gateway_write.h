#ifndef CAIFS_GATEWAY_WRITE_H
#define CAIFS_GATEWAY_WRITE_H

/*
 * Requests that change something on the platform. Nothing that serves a mount
 * includes this header. Without gateway_config.writes they fail with -EROFS.
 *
 * A POST is retried only after an answer that proves it was not carried out:
 * no connection, 401, 429 or 403 with code 503020, a 503 of the gateway itself
 * or with Retry-After. If it may have been carried out, `request->uncertain`
 * is set; the caller must check. No redirect is followed.
 *
 * Call on the network thread only.
 */

#include "caifs/gateway.h"

/* `json` is borrowed until `done`. */
void gateway_post(struct gateway *gateway, struct api_request *request,
		  const char *json, size_t size);

/* Deleting twice has the effect of deleting once: retried like a GET. */
void gateway_delete(struct gateway *gateway, struct api_request *request);

#endif
