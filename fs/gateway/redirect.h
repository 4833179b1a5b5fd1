#ifndef CAIFS_GATEWAY_REDIRECT_H
#define CAIFS_GATEWAY_REDIRECT_H

#include <stdbool.h>

/*
 * May a byte request follow this Location? Only to an absolute https URL with
 * a plain host (storage links), which then gets none of our credentials; to
 * plain http on this machine only when the endpoint is on this machine too.
 * That the host has a public address is checked when it is connected to. Pure.
 */
bool redirect_is_allowed(const char *location, bool endpoint_is_local);

#endif
