#ifndef CAIFS_HTTP_ADDRESS_H
#define CAIFS_HTTP_ADDRESS_H

#include <stdbool.h>

struct sockaddr;

/* Whether the address is of the public internet: not loopback, private,
   link-local, carrier-grade NAT, multicast or reserved (RFC 6890). False for
   other families than IPv4 and IPv6. Pure. */
bool address_is_public(const struct sockaddr *address);

#endif
