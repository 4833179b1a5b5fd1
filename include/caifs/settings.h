#ifndef CAIFS_SETTINGS_H
#define CAIFS_SETTINGS_H

/*
 * What was set, from the command line, the environment and the configuration
 * file, and checked. Whatever is wrong is said on stderr in one line that
 * tells what, where, and how to fix it. Main thread, before any other starts.
 */

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "caifs/log.h"
#include "caifs/option.h"
#include "caifs/secret.h"

/* The words that a command takes besides options. */
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

	/* Made of the values by settings_check(). */
	int64_t ttl_ms, memory_bytes, cache_bytes;
	int connections, timeout_ms;
	unsigned max_threads;
	uid_t uid;
	gid_t gid;
	mode_t umask;
	enum log_level log_level;
	char **datasets; /* NULL-terminated; NULL: none */
	bool plain_http;
};

/* Reads -o OPTION[,OPTION...] and words, then the environment, then the file.
   Zeroed before, but for `foreground` and `debug`, which are the caller's to
   set. 0, or -EINVAL after it has said why; finish them in any case. */
int settings_read(struct settings *settings, enum settings_args kind, int argc,
		  char **argv);
int settings_check(struct settings *settings);
void settings_finish(struct settings *settings);

const char *settings_text(const struct settings *settings, enum option_id id);
bool settings_flag(const struct settings *settings, enum option_id id);

/* Is there a file for this SOURCE? */
bool settings_has_source(const char *source);

/* Sets a value that nothing before it has set; takes a copy. For a secret, it
   is kept as one. 0 or -ENOMEM. */
int settings_offer(struct settings *settings, enum option_id id,
		   const char *value);

#endif
