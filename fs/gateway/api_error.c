/* Errors of requests: see api_error.h. */

#include "caifs/api_error.h"

#include "caifs/json.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* Error codes have six digits; some bodies hold them as numbers. */
static void read_code(struct api_error *error, const cJSON *body,
		      const char *name)
{
	const cJSON *item = cJSON_GetObjectItemCaseSensitive(body, name);

	if (cJSON_IsString(item))
		snprintf(error->code, sizeof(error->code), "%s",
			 item->valuestring);
	else if (cJSON_IsNumber(item))
		snprintf(error->code, sizeof(error->code), "%.0f",
			 item->valuedouble);
}

/* The first member that has text is used. */
static void read_message(struct api_error *error, const cJSON *body,
			 const char *name)
{
	const char *message = json_text(body, name, "");

	if (*message && !error->message[0])
		snprintf(error->message, sizeof(error->message), "%s", message);
}

/* The text of a server goes to logs and terminals. */
static void make_printable(char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text < ' ' || *text == 0x7f)
			*text = '?';
}

static void read_body(struct api_error *error, const char *body, size_t size)
{
	cJSON *root;

	if (json_parse(body, size, &root)) {
		/* Use plain text, but not the HTML page of a proxy. */
		if (*body != '<')
			snprintf(error->message, sizeof(error->message), "%.*s",
				 (int)(size < 64 ? size : 64), body);
		return;
	}
	read_code(error, root, "error_code");
	if (!error->code[0])
		read_code(error, root, "error"); /* IMS: "invalid_client" */
	read_message(error, root, "message");
	read_message(error, root, "detail");
	read_message(error, root, "title");
	read_message(error, root, "errorMessage");
	read_message(error, root, "error_description");
	json_number(root, "retryAfterMs", &error->retry_after_ms);
	cJSON_Delete(root);
}

void api_error_read(struct api_error *error, enum http_fault fault, long status,
		    const char *body, size_t size)
{
	*error = (struct api_error){.fault = fault, .status = status};
	/* A 2xx body may be large, and is not an error. */
	if (fault != HTTP_OK || !body || size == 0 ||
	    (status >= 200 && status < 300))
		return;
	read_body(error, body, size);
	make_printable(error->code);
	make_printable(error->message);
}

/* "Could not read the profile": a transient error in spite of its status 403
   (contract 1.4). */
static bool is_transient_403(const struct api_error *error)
{
	return error->status == 403 && strcmp(error->code, "503020") == 0;
}

/* A 400 may carry code 429050 (contract 1.4). */
static bool is_throttled(const struct api_error *error)
{
	return error->status == 429 || strcmp(error->code, "429050") == 0;
}

bool api_error_is_throttling(const struct api_error *error)
{
	return error->fault == HTTP_OK &&
	       (is_throttled(error) || error->status == 503);
}

enum retry_decision api_error_decide(const struct api_error *error)
{
	switch (error->fault) {
	case HTTP_OK:
		break;
	case HTTP_NO_NAME:
	case HTTP_NO_CONNECTION:
	case HTTP_TIMEOUT:
	case HTTP_BROKEN:
		return RETRY_DECISION_RETRY;
	default:
		return RETRY_DECISION_FAILURE;
	}
	if (error->status >= 200 && error->status < 300)
		return RETRY_DECISION_GOOD;
	if (error->status == 401)
		return RETRY_DECISION_RENEW;
	if (is_throttled(error) || is_transient_403(error) ||
	    error->status == 408 || error->status >= 500)
		return RETRY_DECISION_RETRY;
	return RETRY_DECISION_FAILURE;
}

/* The code of a 503 that the gateway made itself: no service has seen the
   request. */
static bool is_gateway_503(const struct api_error *error)
{
	return strncmp(error->code, "5030", 4) == 0;
}

enum retry_decision api_error_decide_write(const struct api_error *error,
					   bool sent, bool has_retry_after)
{
	long status = error->status;

	if (error->fault != HTTP_OK)
		return sent && error->fault != HTTP_TLS
			       ? RETRY_DECISION_UNKNOWN
			       : api_error_decide(error);
	if (status >= 200 && status < 300)
		return RETRY_DECISION_GOOD;
	if (status == 401)
		return RETRY_DECISION_RENEW;
	if (is_throttled(error) || is_transient_403(error) ||
	    (status == 503 && (has_retry_after || is_gateway_503(error))))
		return RETRY_DECISION_RETRY;
	/* After a redirect, a 408 or a 5xx the write may have been carried
	   out. */
	if (status >= 400 && status < 500 && status != 408)
		return RETRY_DECISION_FAILURE;
	return RETRY_DECISION_UNKNOWN;
}

int api_error_errno(const struct api_error *error)
{
	switch (error->fault) {
	case HTTP_OK:
		break;
	case HTTP_TIMEOUT:
		return -ETIMEDOUT;
	case HTTP_CANCELLED:
		return -ECANCELED;
	case HTTP_NO_MEMORY:
		return -ENOMEM;
	default:
		return -EIO;
	}
	if (is_throttled(error) || is_transient_403(error))
		return -EIO;
	switch (error->status) {
	case 401:
	case 403:
		return -EACCES;
	case 404:
		return -ENOENT;
	default:
		return -EIO;
	}
}

static const char *hint_of(const struct api_error *error)
{
	static const struct {
		const char *code, *hint;
	} hints[] = {
		{"400003", "set ims_org"},
		{"401013", "the access token has ended or is not valid: get a "
			   "new one"},
		{"403000", "set api_key"},
		{"403003", "check api_key"},
		{"403010", "set a token or a client secret"},
		{"403011", "add the missing scopes to the credential"},
		{"403023", "check ims_org; the credential is not entitled in "
			   "this organisation"},
		{"403025", "check ims_org; the credential is not entitled in "
			   "this organisation"},
		{"403027", "check ims_org and the credential's product "
			   "profile"},
		{"invalid_client", "check api_key and client_secret"},
		{"invalid_scope", "check scopes"},
	};

	for (size_t i = 0; i < sizeof(hints) / sizeof(hints[0]); i++)
		if (strcmp(error->code, hints[i].code) == 0)
			return hints[i].hint;
	switch (error->status) {
	case 0:
		break;
	case 401:
		return "get a new token";
	case 403:
		return "ask an administrator for permission in this sandbox";
	case 429:
		return "other programs may use the same credential: try again "
		       "later";
	default:
		return "";
	}
	switch (error->fault) {
	case HTTP_NO_NAME:
		return "check the endpoint's name and the network";
	case HTTP_NO_CONNECTION:
		return "check the endpoint and the network";
	case HTTP_TLS:
		return "check the endpoint's certificate, cacert and the clock";
	default:
		return "";
	}
}

void api_error_explain(const struct api_error *error, char *text, size_t size)
{
	const char *hint = hint_of(error);
	int used;

	if (error->fault == HTTP_REFUSED_BY_HANDLER && error->message[0])
		used = snprintf(text, size, "%s", error->message);
	else if (error->fault != HTTP_OK)
		used = snprintf(text, size, "%s",
				http_fault_word(error->fault));
	else if (error->status == 0)
		used = snprintf(text, size,
				"no access token: check token_file or "
				"token_command");
	else
		used = snprintf(text, size, "HTTP %ld%s%s%s%s", error->status,
				error->code[0] ? " " : "", error->code,
				error->message[0] ? " " : "", error->message);
	if (*hint && used > 0 && (size_t)used < size)
		snprintf(text + used, size - (size_t)used, ": %s", hint);
}
