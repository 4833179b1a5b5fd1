#ifndef CAIFS_SETTINGS_H
#define CAIFS_SETTINGS_H

/*
 * The values of the options, from the command line, the environment and the
 * configuration file. Errors are printed on stderr in one line each: what is
 * wrong, where, and how to fix it. Main thread, before any other starts.
 */

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "caifs/log.h"
#include "caifs/option.h"
#include "caifs/secret.h"

/* The arguments that a command takes besides options. */
enum settings_args {
	SETTINGS_MOUNTPOINT,  /* [SOURCE] MOUNTPOINT */
	SETTINGS_SOURCE_ONLY, /* [SOURCE] */
};

struct settings {
	enum settings_args kind;
	char *mountpoint, *source; /* source NULL: the default configuration */
	bool foreground, debug;
	char *fuse_options; /* for libfuse; NULL: none */

	char *values[OPTION_COUNT]; /* NULL: not set; secrets: never here */
	struct secret *access_token, *client_secret;
	bool from_file[OPTION_COUNT];
	char *config_path; /* the file that was read; NULL: none */

	/* Set by settings_check(), from the values. */
	int64_t ttl_ms, memory_bytes, cache_bytes;
	int connections, timeout_ms;
	unsigned max_threads;
	uid_t uid;
	gid_t gid;
	mode_t umask;
	enum log_level log_level;
	char **datasets; /* IDs; NULL ends them; NULL: none */
	bool plain_http; /* an endpoint is http:// on this machine */
};

/* Reads -o OPTION[,OPTION...] and arguments, then the environment, then the
   file. `settings` must be zero, but for `foreground` and `debug`, which the
   caller may set. 0, or -EINVAL after it has printed why. Call
   settings_finish() in either case. */
int settings_read(struct settings *settings, enum settings_args kind, int argc,
		  char **argv);
/* Checks the values and makes paths absolute. Call after settings_read(). 0, or
   -EINVAL after it has printed why. */
int settings_check(struct settings *settings);
/* Frees what it has and zeroes it. */
void settings_finish(struct settings *settings);

/* The value, or the default; borrowed until settings_finish(). NULL: not set,
   and no default. Not for secrets. */
const char *settings_text(const struct settings *settings, enum option_id id);
bool settings_flag(const struct settings *settings, enum option_id id);

/* Whether there is a named configuration of this name. */
bool settings_has_source(const char *source);

/* Sets a value unless it is set already. Copies it; a secret is stored as
   struct secret. 0 or -ENOMEM. */
int settings_offer(struct settings *settings, enum option_id id,
		   const char *value);

#endif
