/* Addresses that are not of the public internet: fs/http/address.h. */

#include "address.h"

#include "test.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

static bool is_public(const char *text)
{
	struct sockaddr_in v4 = {.sin_family = AF_INET};
	struct sockaddr_in6 v6 = {.sin6_family = AF_INET6};

	if (inet_pton(AF_INET, text, &v4.sin_addr) == 1)
		return address_is_public((const struct sockaddr *)&v4);
	assert_int_equal(inet_pton(AF_INET6, text, &v6.sin6_addr), 1);
	return address_is_public((const struct sockaddr *)&v6);
}

static void others_are_known(void **state)
{
	static const char *const others[] = {
		"0.0.0.0",
		"10.0.0.1",
		"10.255.255.255",
		"100.64.0.1",
		"100.127.255.255",
		"127.0.0.1",
		"127.255.255.255",
		"169.254.169.254",
		"172.16.0.1",
		"172.31.255.255",
		"192.168.0.1",
		"192.0.0.1",
		"198.18.0.1",
		"224.0.0.1",
		"240.0.0.1",
		"255.255.255.255",
		"::",
		"::1",
		"::ffff:10.0.0.1",
		"::ffff:127.0.0.1",
		"fc00::1",
		"fd12::1",
		"fe80::1",
		"ff02::1",
		"64:ff9b::a00:1",
		"2002:a00:1::1",
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(others); i++)
		if (is_public(others[i]))
			fail_msg("taken for public: %s", others[i]);
}

static void public_ones_pass(void **state)
{
	static const char *const addresses[] = {
		"1.1.1.1",     "9.255.255.255",	 "11.0.0.0",
		"100.63.0.1",  "100.128.0.0",	 "126.255.255.255",
		"128.0.0.0",   "172.15.0.1",	 "172.32.0.1",
		"192.167.0.1", "192.169.0.1",	 "223.255.255.255",
		"2600::1",     "::ffff:8.8.8.8",
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(addresses); i++)
		if (!is_public(addresses[i]))
			fail_msg("not taken for public: %s", addresses[i]);
}

static void another_family_is_none(void **state)
{
	const struct sockaddr local = {.sa_family = AF_UNIX};

	(void)state;
	assert_false(address_is_public(&local));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(others_are_known),
		cmocka_unit_test(public_ones_pass),
		cmocka_unit_test(another_family_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
