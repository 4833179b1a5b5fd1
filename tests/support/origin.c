/* A scripted HTTP server: see origin.h. */

#include "origin.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Reads one request, head and body. False: the client has closed. */
static bool read_request(int fd, char *request)
{
	size_t size = 0, wanted = 0;
	ssize_t got;

	do {
		const char *end, *length;

		got = recv(fd, request + size, ORIGIN_REQUEST_MAX - 1 - size,
			   0);
		if (got <= 0)
			return false;
		size += (size_t)got;
		request[size] = '\0';
		end = strstr(request, "\r\n\r\n");
		if (!end)
			continue;
		length = strcasestr(request, "\r\nContent-Length:");
		wanted = (size_t)(end - request) + 4 +
			 (length ? strtoul(length + 17, NULL, 10) : 0);
	} while (!wanted || size < wanted);
	return true;
}

static const struct origin_answer *keep_request(struct origin *o,
						const char *request)
{
	size_t n = o->request_count;

	if (n < ORIGIN_REQUESTS)
		strcpy(o->requests[o->request_count++], request);
	return &o->answers[n < o->answer_count ? n : o->answer_count - 1];
}

static bool answer(int fd, const struct origin_answer *a)
{
	char text[4096];
	const char *body = a->body ? a->body : "";
	int size = snprintf(text, sizeof(text),
			    "HTTP/1.1 %s\r\nContent-Length: %zu\r\n%s\r\n%s",
			    a->head, strlen(body),
			    a->keep ? "" : "Connection: close\r\n", body);

	return send(fd, text, (size_t)size, MSG_NOSIGNAL) == size && a->keep;
}

/* Waits for readable data. False: another client wants to connect. */
static bool wait_for_request(const struct origin *o, int fd)
{
	struct pollfd ready[] = {{.fd = fd, .events = POLLIN},
				 {.fd = o->listener, .events = POLLIN}};

	poll(ready, 2, -1);
	return ready[0].revents;
}

static void serve(struct origin *o, int fd)
{
	const struct linger hard = {.l_onoff = 1};
	char *request = malloc(ORIGIN_REQUEST_MAX);

	while (request && wait_for_request(o, fd) &&
	       read_request(fd, request)) {
		const struct origin_answer *a = keep_request(o, request);

		if (a->reset)
			setsockopt(fd, SOL_SOCKET, SO_LINGER, &hard,
				   sizeof(hard));
		if (!a->head || !answer(fd, a))
			break;
	}
	free(request);
	close(fd);
}

static void *run(void *data)
{
	struct origin *o = data;
	int fd;

	while ((fd = accept(o->listener, NULL, NULL)) >= 0)
		serve(o, fd);
	return NULL;
}

void origin_start(struct origin *o, const struct origin_answer *answers,
		  size_t count)
{
	struct sockaddr_in address = {.sin_family = AF_INET};
	socklen_t size = sizeof(address);

	memset(o, 0, sizeof(*o));
	o->answers = answers;
	o->answer_count = count;
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	o->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (bind(o->listener, (struct sockaddr *)&address, size) ||
	    listen(o->listener, 16) ||
	    getsockname(o->listener, (struct sockaddr *)&address, &size) ||
	    pthread_create(&o->thread, NULL, run, o))
		abort();
	o->port = ntohs(address.sin_port);
	snprintf(o->endpoint, sizeof(o->endpoint), "http://127.0.0.1:%d",
		 o->port);
}

void origin_stop(struct origin *o)
{
	shutdown(o->listener, SHUT_RDWR);
	pthread_join(o->thread, NULL);
	close(o->listener);
}

size_t origin_count(const struct origin *o, const char *beginning)
{
	size_t count = 0;

	for (size_t i = 0; i < o->request_count; i++)
		count += strncmp(o->requests[i], beginning,
				 strlen(beginning)) == 0;
	return count;
}
