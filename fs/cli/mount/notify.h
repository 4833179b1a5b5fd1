#ifndef CAIFS_CLI_NOTIFY_H
#define CAIFS_CLI_NOTIFY_H

/*
 * Notifies the service manager, as sd_notify(3): sends `lines` of NAME=VALUE in
 * one datagram to the socket NOTIFY_SOCKET. No effect without one; errors are
 * ignored. Any thread.
 */

void notify(const char *lines);

#endif
