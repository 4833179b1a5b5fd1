#ifndef CAIFS_CLI_NOTIFY_H
#define CAIFS_CLI_NOTIFY_H

/*
 * Tells the service manager, if there is one, how it goes: sd_notify(3), as
 * lines of NAME=VALUE in one datagram to the socket that NOTIFY_SOCKET names.
 * Without one, and when it cannot be told, nothing happens.
 */

void notify(const char *lines);

#endif
