/*
 * One curl handle and its exchange: see http_internal.h.
 *
 * libcurl accepts nearly any answer to a range request, and so does this file.
 * The `head` handler must check it.
 */

#include "http_internal.h"

#include "address.h"
#include "caifs/clock.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

/* A transfer that receives fewer body bytes in an idle timeout has stalled. */
enum { PROGRESS_BYTES = 1024 };

/* libcurl allocates one for each handle: part of the mount's memory besides its
   blocks. */
static const long RECEIVE_BUFFER = 256 * 1024;

static void copy_header(CURL *easy, const char *name, char *to, size_t size)
{
	struct curl_header *header;

	to[0] = '\0';
	/* -1: of the last response; there may be a 1xx before it. */
	if (curl_easy_header(easy, name, 0, CURLH_HEADER, -1, &header))
		return;
	if (strlen(header->value) < size)
		strcpy(to, header->value);
}

static void read_head(struct http_transfer *t)
{
	struct http_head *head = &t->exchange->head;
	curl_off_t length = -1;

	curl_easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &head->status);
	curl_easy_getinfo(t->easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length);
	head->content_length = length;
	copy_header(t->easy, "Content-Type", head->content_type,
		    sizeof(head->content_type));
	copy_header(t->easy, "Content-Encoding", head->content_encoding,
		    sizeof(head->content_encoding));
	copy_header(t->easy, "Content-Range", head->content_range,
		    sizeof(head->content_range));
	copy_header(t->easy, "ETag", head->etag, sizeof(head->etag));
	copy_header(t->easy, "Retry-After", head->retry_after,
		    sizeof(head->retry_after));
	copy_header(t->easy, "Date", head->date, sizeof(head->date));
	copy_header(t->easy, "Location", head->location,
		    sizeof(head->location));
}

/* In us since the transfer began; 0: not reached. */
static int64_t time_of(const struct http_transfer *t, CURLINFO what)
{
	curl_off_t us = 0;

	curl_easy_getinfo(t->easy, what, &us);
	return us;
}

/* On a reused connection, the time to PRETRANSFER is below 1 ms: 0. */
static void read_times(struct http_transfer *t)
{
	struct http_times *times = &t->exchange->times;
	int64_t connected = time_of(t, CURLINFO_PRETRANSFER_TIME_T);
	int64_t first = time_of(t, CURLINFO_STARTTRANSFER_TIME_T);
	int64_t total = (clock_now_ms() - t->exchange->begun_ms) * 1000;

	*times = (struct http_times){
		.queue_ms = t->exchange->begun_ms - t->exchange->asked_ms,
		.connect_ms = (connected ? connected : total) / 1000,
	};
	if (!connected)
		return;
	times->first_byte_ms = ((first ? first : total) - connected) / 1000;
	times->body_ms = first && total > first ? (total - first) / 1000 : 0;
}

static int give_head(struct http_transfer *t)
{
	if (t->head_given)
		return 0;
	t->head_given = true;
	read_head(t);
	read_times(t);
	return t->exchange->on->head ? t->exchange->on->head(t->exchange) : 0;
}

static size_t on_body(char *bytes, size_t one, size_t size, void *data)
{
	struct http_transfer *t = data;
	struct http_exchange *exchange = t->exchange;

	(void)one; /* always 1 */
	if (give_head(t) || exchange->on->body(exchange, bytes, size)) {
		exchange->fault = HTTP_REFUSED_BY_HANDLER;
		return CURL_WRITEFUNC_ERROR;
	}
	t->received += (int64_t)size;
	return size;
}

/* Runs before a connection is made. CURL_SOCKET_BAD fails the transfer. */
static curl_socket_t open_socket(void *data, curlsocktype purpose,
				 struct curl_sockaddr *address)
{
	const struct http_transfer *t = data;

	(void)purpose;
	if (t->exchange->public_only && !address_is_public(&address->addr))
		return CURL_SOCKET_BAD;
	return socket(address->family, address->socktype | SOCK_CLOEXEC,
		      address->protocol);
}

int transfer_create(const struct http_config *config,
		    struct http_transfer **ret_transfer)
{
	struct http_transfer *t = calloc(1, sizeof(*t));
	const char *schemes = config->allow_plain_http ? "http,https" : "https";
	CURL *easy;

	if (!t)
		return -ENOMEM;
	t->config = config;
	t->easy = easy = curl_easy_init();
	if (!easy) {
		free(t);
		return -ENOMEM;
	}
	curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(easy, CURLOPT_PRIVATE, t);
	curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
	curl_easy_setopt(easy, CURLOPT_WRITEDATA, t);
	curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, open_socket);
	curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, t);
	/* Ending a transfer must not wait for its name to resolve. */
	curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
	curl_easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L);
	curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, schemes);
	curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L);
	curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L);
	curl_easy_setopt(easy, CURLOPT_SSLVERSION,
			 (long)CURL_SSLVERSION_TLSv1_2);
	/* Large transfers over TLS are faster on several HTTP/1.1 connections
	   than on one HTTP/2 connection (docs/architecture.md). */
	curl_easy_setopt(easy, CURLOPT_HTTP_VERSION,
			 (long)CURL_HTTP_VERSION_1_1);
	curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, RECEIVE_BUFFER);
	curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS,
			 (long)config->connect_timeout_ms);
	curl_easy_setopt(easy, CURLOPT_TCP_KEEPALIVE, 1L);
	curl_easy_setopt(easy, CURLOPT_USERAGENT, config->user_agent);
	curl_easy_setopt(easy, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	if (config->cacert)
		curl_easy_setopt(easy, CURLOPT_CAINFO, config->cacert);
	if (config->proxy)
		curl_easy_setopt(easy, CURLOPT_PROXY, config->proxy);
	*ret_transfer = t;
	return 0;
}

/* Wipes this copy of the headers. The copies that libcurl makes for sending
   cannot be wiped. */
static void drop_headers(struct http_transfer *t)
{
	for (struct curl_slist *at = t->headers; at; at = at->next)
		explicit_bzero(at->data, strlen(at->data));
	curl_slist_free_all(t->headers);
	t->headers = NULL;
}

struct http_transfer *transfer_destroy(struct http_transfer *transfer)
{
	if (!transfer)
		return NULL;
	curl_easy_cleanup(transfer->easy);
	drop_headers(transfer);
	free(transfer);
	return NULL;
}

static int set_headers(struct http_transfer *t, const char *const *headers)
{
	drop_headers(t);
	for (; headers && *headers; headers++) {
		struct curl_slist *more =
			curl_slist_append(t->headers, *headers);

		if (!more)
			return -ENOMEM;
		t->headers = more;
	}
	curl_easy_setopt(t->easy, CURLOPT_HTTPHEADER, t->headers);
	return 0;
}

/* Uses no proxy for `public_only`: its connections cannot be checked. A reused
   connection was checked when it was made, or leads to a configured host. */
static void set_proxy(struct http_transfer *t, bool public_only)
{
	bool direct = public_only || t->config->allow_plain_http;

	curl_easy_setopt(t->easy, CURLOPT_NOPROXY, direct ? "*" : NULL);
}

static void set_method(CURL *easy, const struct http_exchange *exchange)
{
	bool deletes = exchange->method == HTTP_DELETE;

	curl_easy_setopt(easy, CURLOPT_HTTPGET, 1L);
	if (exchange->method == HTTP_POST) {
		curl_easy_setopt(easy, CURLOPT_POST, 1L);
		curl_easy_setopt(easy, CURLOPT_POSTFIELDS, exchange->body);
		curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE,
				 (curl_off_t)exchange->body_size);
	}
	curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST,
			 deletes ? "DELETE" : NULL);
	curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, exchange->once ? 1L : 0L);
}

enum http_fault transfer_prepare(struct http_transfer *t,
				 struct http_exchange *exchange)
{
	CURL *easy = t->easy;

	if (set_headers(t, exchange->headers))
		return HTTP_NO_MEMORY;
	switch (curl_easy_setopt(easy, CURLOPT_URL, exchange->url)) {
	case CURLE_OK:
		break;
	case CURLE_OUT_OF_MEMORY:
		return HTTP_NO_MEMORY;
	default:
		return HTTP_BROKEN; /* not a URL */
	}
	set_proxy(t, exchange->public_only);
	set_method(easy, exchange);
	curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING,
			 exchange->compressed ? "gzip" : NULL);

	exchange->fault = HTTP_OK;
	exchange->head = (struct http_head){.content_length = -1};
	exchange->begun_ms = clock_now_ms();
	exchange->transfer = t;
	t->exchange = exchange;
	t->head_given = false;
	t->received = 0;
	t->progress_mark = 0;
	t->progress_ms = exchange->begun_ms;
	return HTTP_OK;
}

static enum http_fault fault_of(CURLcode result)
{
	switch (result) {
	case CURLE_OK:
		return HTTP_OK;
	case CURLE_COULDNT_RESOLVE_HOST:
	case CURLE_COULDNT_RESOLVE_PROXY:
		return HTTP_NO_NAME;
	case CURLE_COULDNT_CONNECT:
		return HTTP_NO_CONNECTION;
	case CURLE_OPERATION_TIMEDOUT:
		return HTTP_TIMEOUT;
	case CURLE_SSL_CONNECT_ERROR:
	case CURLE_PEER_FAILED_VERIFICATION:
	case CURLE_SSL_CERTPROBLEM:
	case CURLE_SSL_CIPHER:
	case CURLE_SSL_CACERT_BADFILE:
	case CURLE_SSL_ISSUER_ERROR:
		return HTTP_TLS;
	case CURLE_OUT_OF_MEMORY:
		return HTTP_NO_MEMORY;
	default:
		return HTTP_BROKEN;
	}
}

/* Whether bytes of the request may have been sent: once there was a connection,
   new or reused, assume so. */
static bool was_sent(const struct http_transfer *t)
{
	long request_size = 0;

	curl_easy_getinfo(t->easy, CURLINFO_REQUEST_SIZE, &request_size);
	return time_of(t, CURLINFO_CONNECT_TIME_T) > 0 || request_size > 0;
}

void transfer_complete(struct http_transfer *t, CURLcode result)
{
	struct http_exchange *exchange = t->exchange;

	read_times(t);
	exchange->sent = was_sent(t);
	if (exchange->fault == HTTP_OK)
		exchange->fault = fault_of(result);
	if (exchange->fault == HTTP_OK && give_head(t))
		exchange->fault = HTTP_REFUSED_BY_HANDLER;
	exchange->transfer = NULL;
	t->exchange = NULL;
	curl_easy_setopt(t->easy, CURLOPT_HTTPHEADER, NULL);
	drop_headers(t);
}

bool transfer_stalled(struct http_transfer *t, int idle_timeout_ms,
		      int64_t now_ms)
{
	if (t->received - t->progress_mark >= PROGRESS_BYTES) {
		t->progress_mark = t->received;
		t->progress_ms = now_ms;
	}
	return now_ms - t->progress_ms > idle_timeout_ms;
}
