#ifndef CAIFS_HTTP_ADDRESS_H
#define CAIFS_HTTP_ADDRESS_H

#include <stdbool.h>

struct sockaddr;

/* An address of the public internet: neither this machine's, nor a private
   network's, a link's, a carrier's, a group's, or reserved (RFC 6890). Pure. */
bool address_is_public(const struct sockaddr *address);

#endif
