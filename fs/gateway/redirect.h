#ifndef CAIFS_GATEWAY_REDIRECT_H
#define CAIFS_GATEWAY_REDIRECT_H

#include <stdbool.h>

/*
 * Whether a byte request may follow this Location: only to an absolute https
 * URL with a host and no user (storage links); to plain http on this machine
 * only if the endpoint is on this machine too. The caller sends no credentials
 * there. That the address is public is checked on connecting
 * (http_exchange.public_only). Pure.
 */
bool redirect_is_allowed(const char *location, bool endpoint_is_local);

#endif
