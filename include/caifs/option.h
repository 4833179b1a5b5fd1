#ifndef CAIFS_OPTION_H
#define CAIFS_OPTION_H

/*
 * What can be set, in one table: by `-o name=value`, by an environment
 * variable, by a key of the configuration file, in this order. --help is made
 * of it; the man page and the completions are held to it by a test.
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

/* Under which heading --help has it. */
enum option_group {
	OPTION_CREDENTIALS,
	OPTION_TREE,
	OPTION_OPERATION,
};

struct option {
	const char *name;
	const char *value; /* what it takes, as "FILE"; NULL: nothing */
	const char *help;  /* one sentence, without a full stop */
	enum option_group group;
	const char *environment; /* NULL: none */
	/* In a configuration file, besides `name`; any case. */
	const char *aliases[5];
	const char *preset; /* the default, NULL: none */
	bool flag;	    /* takes no value */
	bool secret;	    /* never on the command line */
	bool credential;    /* also looked for deeper in the file, where other
			       tools keep it */
};

/* OPTION_COUNT of them, by id. */
extern const struct option options[];

/* -1: none of that name. */
int option_find(const char *name, size_t length);

/* The one that a key of a configuration file sets, or -1. */
int option_find_key(const char *key);

/* An option of mount(8) and fstab(5) that says nothing to us. */
bool option_is_ignored(const char *name, size_t length);

/* Those that are handed to libfuse as they are; NULL ends them. */
extern const char *const option_fuse_names[];
bool option_is_for_fuse(const char *name, size_t length);

#endif
