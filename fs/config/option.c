/* The table of options: see option.h. */

#include "caifs/option.h"

#include <string.h>
#include <strings.h>

const struct option options[OPTION_COUNT] = {
	[OPTION_CONFIG] = {.name = "config", .environment = "CAIFS_CONFIG"},
	[OPTION_ENDPOINT] = {.name = "endpoint",
			     .environment = "CAIFS_ENDPOINT",
			     .preset = "https://platform.adobe.io"},
	[OPTION_IMS_ENDPOINT] = {.name = "ims_endpoint",
				 .environment = "CAIFS_IMS_ENDPOINT",
				 .preset = "https://ims-na1.adobelogin.com"},
	[OPTION_IMS_ORG] = {.name = "ims_org",
			    .environment = "CAIFS_IMS_ORG",
			    .aliases = {"org_id", "ims_org_id"},
			    .credential = true},
	[OPTION_API_KEY] = {.name = "api_key",
			    .environment = "CAIFS_API_KEY",
			    .aliases = {"client_id"},
			    .credential = true},
	[OPTION_SANDBOX_NAME] = {.name = "sandbox_name",
				 .environment = "CAIFS_SANDBOX_NAME",
				 .aliases = {"sandbox-name"},
				 .preset = "prod",
				 .credential = true},
	[OPTION_TOKEN_FILE] = {.name = "token_file",
			       .environment = "CAIFS_TOKEN_FILE"},
	[OPTION_TOKEN_COMMAND] = {.name = "token_command"},
	[OPTION_ACCESS_TOKEN] = {.name = "access_token",
				 .environment = "CAIFS_ACCESS_TOKEN",
				 .secret = true,
				 .credential = true},
	[OPTION_CLIENT_SECRET] = {.name = "client_secret",
				  .environment = "CAIFS_CLIENT_SECRET",
				  .aliases = {"secret", "client_secrets"},
				  .secret = true,
				  .credential = true},
	[OPTION_SCOPES] = {.name = "scopes",
			   .environment = "CAIFS_SCOPES",
			   .preset = "openid,AdobeID,read_organizations,"
				     "additional_info.projectedProductContext,"
				     "session",
			   .credential = true},
	[OPTION_SHOW_LATEST] = {.name = "show_latest", .flag = true},
	[OPTION_NONEMPTY] = {.name = "nonempty", .flag = true},
	[OPTION_DATASET] = {.name = "dataset", .environment = "CAIFS_DATASET"},
	[OPTION_ALL_DATASETS] = {.name = "all_datasets", .flag = true},
	[OPTION_ONLY] = {.name = "only", .flag = true},
	[OPTION_TTL] = {.name = "ttl", .preset = "60"},
	[OPTION_MEMORY] = {.name = "memory", .preset = "256M"},
	[OPTION_CONNECTIONS] = {.name = "connections", .preset = "8"},
	[OPTION_NO_PARQUET] = {.name = "no_parquet", .flag = true},
	[OPTION_CACHE_DIR] = {.name = "cache_dir",
			      .environment = "CAIFS_CACHE_DIR"},
	[OPTION_CACHE_SIZE] = {.name = "cache_size", .preset = "10G"},
	[OPTION_OFFLINE] = {.name = "offline", .flag = true},
	[OPTION_TIMEOUT] = {.name = "timeout", .preset = "30"},
	[OPTION_CACERT] = {.name = "cacert"},
	[OPTION_PROXY] = {.name = "proxy"},
	[OPTION_LOG_LEVEL] = {.name = "log_level", .preset = "info"},
	[OPTION_LOG] = {.name = "log"},
	[OPTION_UID] = {.name = "uid"},
	[OPTION_GID] = {.name = "gid"},
	[OPTION_UMASK] = {.name = "umask", .preset = "0"},
	[OPTION_MAX_THREADS] = {.name = "max_threads", .preset = "10"},
	[OPTION_ALLOW_OTHER] = {.name = "allow_other", .flag = true},
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

static bool is_one_of(const char *const *words, const char *name, size_t length)
{
	for (; *words; words++)
		if (strlen(*words) == length &&
		    strncmp(*words, name, length) == 0)
			return true;
	return false;
}

bool option_is_ignored(const char *name, size_t length)
{
	static const char *const words[] = {"ro",
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

	return is_one_of(words, name, length) ||
	       (length > 2 && strncasecmp(name, "x-", 2) == 0);
}

bool option_is_for_fuse(const char *name, size_t length)
{
	static const char *const words[] = {"allow_root", "auto_unmount",
					    "context", "fscontext", NULL};

	return is_one_of(words, name, length);
}
