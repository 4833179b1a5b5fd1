#ifndef CAIFS_GATEWAY_WRITE_H
#define CAIFS_GATEWAY_WRITE_H

/*
 * Calls of the gateway that change something on the platform, apart from
 * gateway.h because nothing that serves a mount makes one. A platform that was
 * not configured to write makes none for anybody (-EROFS).
 *
 * A POST is made again only after a refusal that came before it can have been
 * carried out: no connection, a token that had ended, 429, a 503 that says when
 * to come back. Any other failure leaves `request->uncertain`: it may have been
 * done, and whoever wants to know has to look. No redirect is followed.
 *
 * Network thread.
 */

#include "caifs/gateway.h"

/* `json` is borrowed until done. */
void gateway_post(struct gateway *gateway, struct api_request *request,
		  const char *json, size_t size);

/* What is gone is gone: made again like a GET. */
void gateway_delete(struct gateway *gateway, struct api_request *request);

#endif
