/* The table of options: see option.h. */

#include "caifs/option.h"

#include <string.h>
#include <strings.h>

const struct option options[OPTION_COUNT] = {
	[OPTION_CONFIG] =
		{.name = "config",
		 .value = "FILE",
		 .help = "a configuration file (JSON); else ~/.config/caifs/config.json, then /etc/caifs/config.json",
		 .group = OPTION_CREDENTIALS,
		 .environment = "CAIFS_CONFIG"},
	[OPTION_ENDPOINT] = {.name = "endpoint",
			     .value = "URL",
			     .help = "base URL of the platform",
			     .group = OPTION_CREDENTIALS,
			     .environment = "CAIFS_ENDPOINT",
			     .preset = "https://platform.adobe.io"},
	[OPTION_IMS_ENDPOINT] = {.name = "ims_endpoint",
				 .value = "URL",
				 .help = "base URL of the token service",
				 .group = OPTION_CREDENTIALS,
				 .environment = "CAIFS_IMS_ENDPOINT",
				 .preset = "https://ims-na1.adobelogin.com"},
	[OPTION_IMS_ORG] = {.name = "ims_org",
			    .value = "ID",
			    .help = "ID of the organisation",
			    .group = OPTION_CREDENTIALS,
			    .environment = "CAIFS_IMS_ORG",
			    .aliases = {"org_id", "ims_org_id"},
			    .credential = true},
	[OPTION_API_KEY] = {.name = "api_key",
			    .value = "ID",
			    .help = "client ID of the credential",
			    .group = OPTION_CREDENTIALS,
			    .environment = "CAIFS_API_KEY",
			    .aliases = {"client_id"},
			    .credential = true},
	[OPTION_SANDBOX_NAME] = {.name = "sandbox_name",
				 .value = "NAME",
				 .help = "the sandbox",
				 .group = OPTION_CREDENTIALS,
				 .environment = "CAIFS_SANDBOX_NAME",
				 .aliases = {"sandbox-name"},
				 .preset = "prod",
				 .credential = true},
	[OPTION_TOKEN_FILE] =
		{.name = "token_file",
		 .value = "FILE",
		 .help = "an access token, read again whenever the file changes",
		 .group = OPTION_CREDENTIALS,
		 .environment = "CAIFS_TOKEN_FILE"},
	[OPTION_TOKEN_COMMAND] =
		{.name = "token_command",
		 .value = "CMD",
		 .help = "a program that prints an access token, run when one is needed",
		 .group = OPTION_CREDENTIALS},
	[OPTION_ACCESS_TOKEN] =
		{.name = "access_token",
		 .value = "TEXT",
		 .help = "an access token, which is not renewed; never with -o",
		 .group = OPTION_CREDENTIALS,
		 .environment = "CAIFS_ACCESS_TOKEN",
		 .secret = true,
		 .credential = true},
	[OPTION_CLIENT_SECRET] =
		{.name = "client_secret",
		 .value = "TEXT",
		 .help = "secret of an OAuth server-to-server credential; never with -o",
		 .group = OPTION_CREDENTIALS,
		 .environment = "CAIFS_CLIENT_SECRET",
		 .aliases = {"secret", "client_secrets"},
		 .secret = true,
		 .credential = true},
	[OPTION_SCOPES] =
		{.name = "scopes",
		 .value = "A,B",
		 .help = "scopes of the access token; has commas, so set it in the file",
		 .group = OPTION_CREDENTIALS,
		 .environment = "CAIFS_SCOPES",
		 .preset = "openid,AdobeID,read_organizations,"
			   "additional_info.projectedProductContext,"
			   "session",
		 .credential = true},
	[OPTION_SHOW_LATEST] =
		{.name = "show_latest",
		 .help = "list `latest` in each dataset; it resolves in any case",
		 .group = OPTION_TREE,
		 .flag = true},
	[OPTION_NONEMPTY] = {.name = "nonempty",
			     .help = "mount over a directory that is not empty",
			     .group = OPTION_OPERATION,
			     .flag = true},
	[OPTION_DATASET] = {.name = "dataset",
			    .value = "ID[:ID...]",
			    .help = "show these datasets too",
			    .group = OPTION_TREE,
			    .environment = "CAIFS_DATASET"},
	[OPTION_ALL_DATASETS] = {.name = "all_datasets",
				 .help = "show every dataset of the sandbox",
				 .group = OPTION_TREE,
				 .flag = true},
	[OPTION_ONLY] = {.name = "only",
			 .help = "show only the datasets that dataset= names",
			 .group = OPTION_TREE,
			 .flag = true},
	[OPTION_TTL] =
		{.name = "ttl",
		 .value = "SECONDS",
		 .help = "how long a list of datasets or batches is used",
		 .group = OPTION_TREE,
		 .preset = "60"},
	[OPTION_MEMORY] = {.name = "memory",
			   .value = "SIZE",
			   .help = "memory for file contents",
			   .group = OPTION_OPERATION,
			   .preset = "256M"},
	[OPTION_CONNECTIONS] =
		{.name = "connections",
		 .value = "N",
		 .help = "parallel requests at the start; adapts, up to 32",
		 .group = OPTION_OPERATION,
		 .preset = "8"},
	[OPTION_NO_PARQUET] = {.name = "no_parquet",
			       .help = "no prefetch by parquet column",
			       .group = OPTION_OPERATION,
			       .flag = true},
	[OPTION_CACHE_DIR] =
		{.name = "cache_dir",
		 .value = "DIR",
		 .help = "disk cache for what was read; it is personal data: use a private disk",
		 .group = OPTION_OPERATION,
		 .environment = "CAIFS_CACHE_DIR"},
	[OPTION_CACHE_SIZE] = {.name = "cache_size",
			       .value = "SIZE",
			       .help = "ceiling of the disk cache",
			       .group = OPTION_OPERATION,
			       .preset = "10G"},
	[OPTION_OFFLINE] =
		{.name = "offline",
		 .help = "show what the disk cache has, send no requests",
		 .group = OPTION_OPERATION,
		 .flag = true},
	[OPTION_TIMEOUT] = {.name = "timeout",
			    .value = "SECONDS",
			    .help = "the longest that one operation may wait",
			    .group = OPTION_OPERATION,
			    .preset = "30"},
	[OPTION_CACERT] = {.name = "cacert",
			   .value = "FILE",
			   .help = "CA certificates, instead of the system's",
			   .group = OPTION_OPERATION},
	[OPTION_PROXY] = {.name = "proxy",
			  .value = "URL",
			  .help = "HTTP proxy, instead of https_proxy",
			  .group = OPTION_OPERATION},
	[OPTION_LOG_LEVEL] = {.name = "log_level",
			      .value = "LEVEL",
			      .help = "error, warning, info or debug",
			      .group = OPTION_OPERATION,
			      .preset = "info"},
	[OPTION_LOG] = {.name = "log",
			.value = "FILE",
			.help = "log file, instead of syslog or stderr",
			.group = OPTION_OPERATION},
	[OPTION_UID] = {.name = "uid",
			.value = "N",
			.help = "owner of all files",
			.group = OPTION_OPERATION},
	[OPTION_GID] = {.name = "gid",
			.value = "N",
			.help = "group of all files",
			.group = OPTION_OPERATION},
	[OPTION_UMASK] = {.name = "umask",
			  .value = "MODE",
			  .help = "permissions to remove, octal",
			  .group = OPTION_OPERATION,
			  .preset = "0"},
	[OPTION_MAX_THREADS] =
		{.name = "max_threads",
		 .value = "N",
		 .help = "threads that take requests from the kernel",
		 .group = OPTION_OPERATION,
		 .preset = "10"},
	[OPTION_ALLOW_OTHER] = {.name = "allow_other",
				.help = "let other users read the mount",
				.group = OPTION_OPERATION,
				.flag = true},
};

int option_find(const char *name, size_t length)
{
	for (int i = 0; i < OPTION_COUNT; i++)
		if (strlen(options[i].name) == length &&
		    strncmp(options[i].name, name, length) == 0)
			return i;
	return -1;
}

int option_find_key(const char *key)
{
	for (int i = 0; i < OPTION_COUNT; i++) {
		if (strcasecmp(options[i].name, key) == 0)
			return i;
		for (const char *const *alias = options[i].aliases; *alias;
		     alias++)
			if (strcasecmp(*alias, key) == 0)
				return i;
	}
	return -1;
}

static bool is_one_of(const char *const *names, const char *name, size_t length)
{
	for (; *names; names++)
		if (strlen(*names) == length &&
		    strncmp(*names, name, length) == 0)
			return true;
	return false;
}

bool option_is_ignored(const char *name, size_t length)
{
	static const char *const names[] = {"ro",
					    "rw",
					    "dev",
					    "nodev",
					    "suid",
					    "nosuid",
					    "exec",
					    "noexec",
					    "auto",
					    "noauto",
					    "user",
					    "nouser",
					    "users",
					    "owner",
					    "group",
					    "_netdev",
					    "nofail",
					    "sync",
					    "async",
					    "atime",
					    "noatime",
					    "relatime",
					    "diratime",
					    "nodiratime",
					    "defaults",
					    "default_permissions",
					    "comment",
					    "strictatime",
					    "nostrictatime",
					    "norelatime",
					    "lazytime",
					    "nolazytime",
					    "dirsync",
					    "silent",
					    "loud",
					    "mand",
					    "nomand",
					    "iversion",
					    "noiversion",
					    "nosymfollow",
					    "symfollow",
					    "helper",
					    "uhelper",
					    NULL};

	return is_one_of(names, name, length) ||
	       (length > 2 && strncasecmp(name, "x-", 2) == 0);
}

const char *const option_fuse_names[] = {"allow_root", "auto_unmount",
					 "context", "fscontext", NULL};

bool option_is_for_fuse(const char *name, size_t length)
{
	return is_one_of(option_fuse_names, name, length);
}
