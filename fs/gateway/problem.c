/* Failed calls: see problem.h. */

#include "caifs/problem.h"

#include "caifs/json.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* Error codes are six digits; some bodies give them as numbers. */
static void read_code(struct problem *problem, const cJSON *body,
		      const char *name)
{
	const cJSON *item = cJSON_GetObjectItemCaseSensitive(body, name);

	if (cJSON_IsString(item))
		snprintf(problem->code, sizeof(problem->code), "%s",
			 item->valuestring);
	else if (cJSON_IsNumber(item))
		snprintf(problem->code, sizeof(problem->code), "%.0f",
			 item->valuedouble);
}

static void read_words(struct problem *problem, const cJSON *body,
		       const char *name)
{
	const char *words = json_text(body, name, "");

	if (*words && !problem->words[0])
		snprintf(problem->words, sizeof(problem->words), "%s", words);
}

/* What a server says goes to logs and terminals. */
static void make_printable(char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text < ' ' || *text == 0x7f)
			*text = '?';
}

static void read_body(struct problem *problem, const char *body, size_t size)
{
	cJSON *root;

	if (json_parse(body, size, &root)) {
		/* Plain words, or the page of some proxy, which says less. */
		if (*body != '<')
			snprintf(problem->words, sizeof(problem->words), "%.*s",
				 (int)(size < 64 ? size : 64), body);
		return;
	}
	read_code(problem, root, "error_code");
	if (!problem->code[0])
		read_code(problem, root, "error"); /* IMS: "invalid_client" */
	read_words(problem, root, "message");
	read_words(problem, root, "detail");
	read_words(problem, root, "title");
	read_words(problem, root, "errorMessage");
	read_words(problem, root, "error_description");
	json_number(root, "retryAfterMs", &problem->retry_after_ms);
	cJSON_Delete(root);
}

void problem_read(struct problem *problem, enum http_fault fault, long status,
		  const char *body, size_t size)
{
	*problem = (struct problem){.fault = fault, .status = status};
	/* What is good may be large, and is somebody else's to read. */
	if (fault != HTTP_OK || !body || size == 0 ||
	    (status >= 200 && status < 300))
		return;
	read_body(problem, body, size);
	make_printable(problem->code);
	make_printable(problem->words);
}

/* The gateway says "Could not read the profile" with 403 and this code, and
   means that it may be able to in a moment (contract 1.4). */
static bool is_profile_hiccup(const struct problem *problem)
{
	return problem->status == 403 && strcmp(problem->code, "503020") == 0;
}

/* One third-party client has met a 400 that carries 429050 (contract 1.4). */
static bool is_throttled(const struct problem *problem)
{
	return problem->status == 429 || strcmp(problem->code, "429050") == 0;
}

bool problem_is_throttling(const struct problem *problem)
{
	return problem->fault == HTTP_OK &&
	       (is_throttled(problem) || problem->status == 503);
}

enum verdict problem_verdict(const struct problem *problem)
{
	switch (problem->fault) {
	case HTTP_OK:
		break;
	case HTTP_NO_NAME:
	case HTTP_NO_CONNECTION:
	case HTTP_TIMEOUT:
	case HTTP_BROKEN:
		return VERDICT_RETRY;
	default:
		return VERDICT_FAILURE;
	}
	if (problem->status >= 200 && problem->status < 300)
		return VERDICT_GOOD;
	if (problem->status == 401)
		return VERDICT_RENEW;
	if (is_throttled(problem) || is_profile_hiccup(problem) ||
	    problem->status == 408 || problem->status >= 500)
		return VERDICT_RETRY;
	return VERDICT_FAILURE;
}

/* The gateway's own 503, which came before any service saw the call. */
static bool is_gateway_s(const struct problem *problem)
{
	return strncmp(problem->code, "5030", 4) == 0;
}

enum verdict problem_write_verdict(const struct problem *problem, bool sent,
				   bool told_when)
{
	long status = problem->status;

	if (problem->fault != HTTP_OK)
		return sent && problem->fault != HTTP_TLS
			       ? VERDICT_UNKNOWN
			       : problem_verdict(problem);
	if (status >= 200 && status < 300)
		return VERDICT_GOOD;
	if (status == 401)
		return VERDICT_RENEW;
	if (is_throttled(problem) || is_profile_hiccup(problem) ||
	    (status == 503 && (told_when || is_gateway_s(problem))))
		return VERDICT_RETRY;
	/* A redirect is not followed, and need not mean that nothing was done;
	   nor does an answer that came too late, or of a fault in there. */
	if (status >= 400 && status < 500 && status != 408)
		return VERDICT_FAILURE;
	return VERDICT_UNKNOWN;
}

int problem_errno(const struct problem *problem)
{
	switch (problem->fault) {
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
	if (is_throttled(problem) || is_profile_hiccup(problem))
		return -EIO;
	switch (problem->status) {
	case 401:
	case 403:
		return -EACCES;
	case 404:
		return -ENOENT;
	default:
		return -EIO;
	}
}

static const char *mend_of(const struct problem *problem)
{
	static const struct {
		const char *code, *mend;
	} mends[] = {
		{"400003", "set ims_org"},
		{"401013", "the access token has ended or is not one: get a "
			   "new one"},
		{"403000", "set api_key"},
		{"403003", "check api_key"},
		{"403010", "set a token or a client secret"},
		{"403011", "add the missing scopes to the credential"},
		{"403023", "the credential is not entitled in this "
			   "organisation"},
		{"403025", "the credential is not entitled in this "
			   "organisation"},
		{"403027", "check ims_org and the credential's product "
			   "profile"},
		{"invalid_client", "check api_key and client_secret"},
		{"invalid_scope", "check scopes"},
	};

	for (size_t i = 0; i < sizeof(mends) / sizeof(mends[0]); i++)
		if (strcmp(problem->code, mends[i].code) == 0)
			return mends[i].mend;
	switch (problem->status) {
	case 0:
		break;
	case 401:
		return "get a new token";
	case 403:
		return "ask an administrator for permission in this sandbox";
	case 429:
		return "others use the same credential: try again later";
	default:
		return "";
	}
	switch (problem->fault) {
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

void problem_explain(const struct problem *problem, char *text, size_t size)
{
	const char *mend = mend_of(problem);
	int used;

	if (problem->fault == HTTP_REFUSED_BY_HANDLER && problem->words[0])
		used = snprintf(text, size, "%s", problem->words);
	else if (problem->fault != HTTP_OK)
		used = snprintf(text, size, "%s",
				http_fault_word(problem->fault));
	else if (problem->status == 0)
		used = snprintf(text, size,
				"no access token: check token_file or "
				"token_command");
	else
		used = snprintf(text, size, "HTTP %ld%s%s%s%s", problem->status,
				problem->code[0] ? " " : "", problem->code,
				problem->words[0] ? " " : "", problem->words);
	if (*mend && used > 0 && (size_t)used < size)
		snprintf(text + used, size - (size_t)used, ": %s", mend);
}
