/* Checks values and converts them: see settings_check(). */

#include "caifs/settings.h"

#include "caifs/print_error.h"
#include "config_file.h"
#include "path.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

static int wrong(const struct settings *settings, enum option_id id,
		 const char *wanted)
{
	bool in_file = settings->from_file[id];

	print_error("%s='%s'%s%s: %s", options[id].name,
		    settings_text(settings, id), in_file ? " in " : "",
		    in_file ? settings->config_path : "", wanted);
	return -EINVAL;
}

/* Digits, and for sizes one of K, M, G. */
static int number(const struct settings *settings, enum option_id id,
		  long long min, long long max, bool is_size,
		  long long *ret_number)
{
	const char *text = settings_text(settings, id);
	long long n, unit = 1;
	char *end, wanted[96];

	snprintf(wanted, sizeof(wanted), "must be a %s from %lld to %lld",
		 is_size ? "size" : "number", min, max);
	if (!isdigit((unsigned char)*text))
		return wrong(settings, id, wanted);
	errno = 0;
	n = strtoll(text, &end, 10);
	if (is_size && *end) {
		const char *units = "kmg";
		const char *at = strchr(units, tolower((unsigned char)*end));

		if (!at)
			return wrong(settings, id, wanted);
		unit = 1LL << (10 * (at - units + 1));
		end++;
	}
	if (errno || *end || __builtin_mul_overflow(n, unit, &n) || n < min ||
	    n > max)
		return wrong(settings, id, wanted);
	*ret_number = n;
	return 0;
}

static int check_umask(struct settings *s)
{
	const char *text = settings_text(s, OPTION_UMASK);
	unsigned long mask;
	char *end;

	mask = strtoul(text, &end, 8);
	/* strtoul(3) takes blanks and a sign, too. */
	if (!isdigit((unsigned char)*text) || *end || mask > 0777)
		return wrong(s, OPTION_UMASK, "must be an octal mode");
	s->umask = (mode_t)mask;
	return 0;
}

static int check_numbers(struct settings *s)
{
	long long ttl, memory, cache, connections, timeout, threads;
	long long uid = geteuid(), gid = getegid();

	if (number(s, OPTION_TTL, 0, 86400, false, &ttl) ||
	    number(s, OPTION_MEMORY, 8LL << 20, 1LL << 40, true, &memory) ||
	    number(s, OPTION_CACHE_SIZE, 1LL << 20, 1LL << 50, true, &cache) ||
	    number(s, OPTION_CONNECTIONS, 1, 32, false, &connections) ||
	    number(s, OPTION_TIMEOUT, 1, 3600, false, &timeout) ||
	    number(s, OPTION_MAX_THREADS, 1, 1000, false, &threads))
		return -EINVAL;
	if (s->values[OPTION_UID] &&
	    number(s, OPTION_UID, 0, UINT32_MAX - 1, false, &uid))
		return -EINVAL;
	if (s->values[OPTION_GID] &&
	    number(s, OPTION_GID, 0, UINT32_MAX - 1, false, &gid))
		return -EINVAL;
	s->ttl_ms = ttl * 1000;
	s->memory_bytes = memory;
	s->cache_bytes = cache;
	s->connections = (int)connections;
	s->timeout_ms = (int)timeout * 1000;
	s->max_threads = (unsigned)threads;
	s->uid = (uid_t)uid;
	s->gid = (gid_t)gid;
	return 0;
}

/* Does a URL's host name this machine? */
static bool is_local(const char *host)
{
	static const char *const hosts[] = {"127.0.0.1", "localhost", "[::1]"};

	for (size_t i = 0; i < sizeof(hosts) / sizeof(hosts[0]); i++) {
		size_t length = strlen(hosts[i]);

		if (strncasecmp(host, hosts[i], length) == 0 &&
		    (host[length] == '\0' || host[length] == ':' ||
		     host[length] == '/'))
			return true;
	}
	return false;
}

static int check_url(struct settings *s, enum option_id id)
{
	const char *url = settings_text(s, id);
	char *own = strdup(url);
	size_t length;

	if (!own)
		return -EINVAL;
	for (length = strlen(own); length && own[length - 1] == '/';)
		own[--length] = '\0';
	free(s->values[id]);
	s->values[id] = own;
	for (const char *c = own; *c; c++)
		if ((unsigned char)*c <= ' ' || strchr("?#@\x7f", *c))
			return wrong(
				s, id,
				"must be a base URL: no query, fragment or user");
	if (strncasecmp(own, "https://", 8) == 0 && strcspn(own + 8, "/:"))
		return 0;
	if (strncasecmp(own, "http://", 7) == 0 && is_local(own + 7)) {
		s->plain_http = true;
		return 0;
	}
	return wrong(s, id,
		     "must be https://HOST (http:// only to this machine)");
}

static int require(const struct settings *s, enum option_id id)
{
	const char *value = settings_text(s, id);

	if (!value || !*value) {
		print_error(
			"%s is not set: give -o %s=..., %s, or \"%s\" in %s",
			options[id].name, options[id].name,
			options[id].environment, options[id].name,
			s->config_path ? s->config_path
				       : "/etc/caifs/config.json");
		return -EINVAL;
	}
	for (const char *c = value; *c; c++)
		if ((unsigned char)*c < ' ' || *c == 0x7f)
			return wrong(s, id, "has a control character");
	return 0;
}

/* Needed because the current directory changes in the background. */
static int make_absolute(struct settings *s, enum option_id id)
{
	char *path;

	if (!s->values[id])
		return 0;
	path = realpath(s->values[id], NULL);
	if (!path)
		return wrong(s, id, strerror(errno));
	free(s->values[id]);
	s->values[id] = path;
	return 0;
}

static int check_token_file(const struct settings *s)
{
	const char *path = settings_text(s, OPTION_TOKEN_FILE);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	int err;

	if (fd < 0) {
		print_error("token_file %s: %s", path, strerror(errno));
		return -EINVAL;
	}
	err = config_file_check_private(fd, path);
	close(fd);
	return err;
}

static int check_credentials(struct settings *s)
{
	if (require(s, OPTION_IMS_ORG) || require(s, OPTION_API_KEY) ||
	    require(s, OPTION_SANDBOX_NAME))
		return -EINVAL;
	if (settings_flag(s, OPTION_OFFLINE))
		return 0; /* no token is needed */
	if (!s->access_token && s->values[OPTION_TOKEN_FILE])
		return check_token_file(s);
	if (s->values[OPTION_TOKEN_COMMAND])
		return 0;
	if (!s->access_token && !s->client_secret) {
		print_error("no token: set CAIFS_CLIENT_SECRET (or "
			    "\"client_secret\" in a file of mode 600), or "
			    "token_file, token_command, or CAIFS_ACCESS_TOKEN");
		return -EINVAL;
	}
	return 0;
}

/* Removes blanks, which other tools write between scopes. */
static int tidy_scopes(struct settings *s)
{
	char *own = strdup(settings_text(s, OPTION_SCOPES)), *to = own;

	if (!own)
		return -EINVAL;
	for (const char *from = own; *from; from++)
		if (!isspace((unsigned char)*from))
			*to++ = *from;
	*to = '\0';
	free(s->values[OPTION_SCOPES]);
	s->values[OPTION_SCOPES] = own;
	return 0;
}

static int split_datasets(struct settings *s)
{
	char *list = s->values[OPTION_DATASET], *id, *rest = NULL;
	size_t count = 0;

	if (!list && settings_flag(s, OPTION_ONLY)) {
		print_error(
			"'only' needs dataset=ID[:ID...]: which datasets to "
			"show");
		return -EINVAL;
	}
	if (!list)
		return 0;
	s->datasets = calloc(strlen(list) + 2, sizeof(char *));
	if (!s->datasets)
		return -EINVAL;
	for (id = strtok_r(list, ":", &rest); id;
	     id = strtok_r(NULL, ":", &rest))
		s->datasets[count++] = id;
	return 0;
}

static int check_cache_dir(struct settings *s)
{
	char **place = &s->values[OPTION_CACHE_DIR], *path;
	int err;

	if (!*place && settings_flag(s, OPTION_OFFLINE)) {
		print_error("'offline' needs cache_dir=DIR: the disk cache to "
			    "show");
		return -EINVAL;
	}
	if (!*place)
		return 0;
	err = path_resolve(*place, &path);
	if (err) {
		print_error("cache_dir %s: %s", *place,
			    err == -ENOENT
				    ? "its parent directory does not exist: "
				      "make it first"
				    : strerror(-err));
		return -EINVAL;
	}
	free(*place);
	*place = path;
	return 0;
}

int settings_check(struct settings *s)
{
	if (make_absolute(s, OPTION_CACERT) ||
	    make_absolute(s, OPTION_TOKEN_FILE) || check_cache_dir(s))
		return -EINVAL;
	if (check_numbers(s) || check_umask(s) ||
	    check_url(s, OPTION_ENDPOINT) ||
	    check_url(s, OPTION_IMS_ENDPOINT) || check_credentials(s) ||
	    tidy_scopes(s) || split_datasets(s))
		return -EINVAL;
	if (log_level_parse(settings_text(s, OPTION_LOG_LEVEL), &s->log_level))
		return wrong(s, OPTION_LOG_LEVEL,
			     "must be error, warning, info or debug");
	return 0;
}
