/* Public addresses: see address.h. */

#include "address.h"

#include <netinet/in.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>

static bool v4_is_public(uint32_t address)
{
	static const struct {
		uint32_t network;
		int bits;
	} others[] = {
		{0x00000000, 8},  /* this network */
		{0x0a000000, 8},  /* private */
		{0x64400000, 10}, /* carrier-grade NAT */
		{0x7f000000, 8},  /* loopback */
		{0xa9fe0000, 16}, /* link-local, cloud metadata */
		{0xac100000, 12}, /* private */
		{0xc0000000, 24}, /* protocol assignments */
		{0xc0a80000, 16}, /* private */
		{0xc6120000, 15}, /* benchmarks */
		{0xe0000000, 3},  /* multicast, reserved, broadcast */
	};

	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if ((address ^ others[i].network) >> (32 - others[i].bits) == 0)
			return false;
	return true;
}

static bool v6_is_public(const struct in6_addr *address)
{
	uint32_t v4;

	if (IN6_IS_ADDR_V4MAPPED(address)) {
		memcpy(&v4, address->s6_addr + 12, sizeof(v4));
		return v4_is_public(ntohl(v4));
	}
	/* Public addresses begin with the bits 001. 2002::/16 also does, but
	   holds IPv4 addresses of any kind. */
	return address->s6_addr[0] >> 5 == 1 &&
	       !(address->s6_addr[0] == 0x20 && address->s6_addr[1] == 0x02);
}

bool address_is_public(const struct sockaddr *address)
{
	if (address->sa_family == AF_INET)
		return v4_is_public(ntohl(
			((const struct sockaddr_in *)(const void *)address)
				->sin_addr.s_addr));
	if (address->sa_family == AF_INET6)
		return v6_is_public(
			&((const struct sockaddr_in6 *)(const void *)address)
				 ->sin6_addr);
	return false;
}
