#ifndef CAIFS_OPTION_H
#define CAIFS_OPTION_H

/*
 * The table of options. A value comes from `-o name=value`, else from an
 * environment variable, else from a key of the configuration file. --help is
 * generated from this table; a test compares the man page and the completions
 * with it. Constant; any thread.
 */

#include <stdbool.h>
#include <stddef.h>

enum option_id {
	OPTION_CONFIG,
	OPTION_ENDPOINT,
	OPTION_IMS_ENDPOINT,
	OPTION_IMS_ORG,
	OPTION_API_KEY,
	OPTION_SANDBOX_NAME,
	OPTION_TOKEN_FILE,
	OPTION_TOKEN_COMMAND,
	OPTION_ACCESS_TOKEN,
	OPTION_CLIENT_SECRET,
	OPTION_SCOPES,
	OPTION_SHOW_LATEST,
	OPTION_NONEMPTY,
	OPTION_DATASET,
	OPTION_ALL_DATASETS,
	OPTION_ONLY,
	OPTION_TTL,
	OPTION_MEMORY,
	OPTION_CONNECTIONS,
	OPTION_NO_PARQUET,
	OPTION_CACHE_DIR,
	OPTION_CACHE_SIZE,
	OPTION_OFFLINE,
	OPTION_TIMEOUT,
	OPTION_CACERT,
	OPTION_PROXY,
	OPTION_LOG_LEVEL,
	OPTION_LOG,
	OPTION_UID,
	OPTION_GID,
	OPTION_UMASK,
	OPTION_MAX_THREADS,
	OPTION_ALLOW_OTHER,
	OPTION_COUNT
};

/* Its heading in --help. */
enum option_group {
	OPTION_CREDENTIALS,
	OPTION_TREE,
	OPTION_OPERATION,
};

struct option {
	const char *name;
	const char *value; /* placeholder in --help, as "FILE"; NULL: a flag */
	const char *help;  /* one sentence, without a full stop */
	enum option_group group;
	const char *environment; /* NULL: none */
	/* Keys in a configuration file, besides `name`; letter case does not
	   matter. NULL ends them. */
	const char *aliases[5];
	const char *preset; /* the default; NULL: none */
	bool flag;	    /* takes no value */
	bool secret;	    /* refused on the command line */
	bool credential;    /* found at any depth of a configuration file, as
			       other tools nest it */
};

/* OPTION_COUNT entries, indexed by enum option_id. */
extern const struct option options[];

/* The option named by the first `length` bytes of `name`; -1: none. */
int option_find(const char *name, size_t length);

/* The option that a key of a configuration file sets; -1: none. */
int option_find_key(const char *key);

/* Whether it is an option of mount(8) or fstab(5) without effect here. */
bool option_is_ignored(const char *name, size_t length);

/* The options that are passed to libfuse unchanged; NULL ends them. */
extern const char *const option_fuse_names[];
bool option_is_for_fuse(const char *name, size_t length);

#endif
