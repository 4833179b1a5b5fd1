/* Help and version: see usage.h. */

#include "usage.h"

#include <stdio.h>

#include <cjson/cJSON.h>
#include <curl/curl.h>

#define FUSE_USE_VERSION FUSE_MAKE_VERSION(3, 12)
#include <fuse_lowlevel.h>

void usage_print(void)
{
	puts("usage: caifs [-f] [-d] [-o OPTION[,OPTION...]] [SOURCE] "
	     "MOUNTPOINT\n"
	     "       caifs doctor [--json] [-o OPTION...] [SOURCE]   checks "
	     "what a mount needs\n"
	     "       caifs status [--json] [MOUNTPOINT...]           asks "
	     "mounts how they are\n"
	     "\n"
	     "Shows the scores that Customer AI wrote on Adobe Experience\n"
	     "Platform: datasets are directories, batches directories in them,\n"
	     "parquet parts files in those. `latest` in a dataset is its newest\n"
	     "batch. To unmount: fusermount3 -u MOUNTPOINT\n"
	     "\n"
	     "  SOURCE              a profile: SOURCE.json in "
	     "~/.config/caifs or /etc/caifs\n"
	     "  -f                  stay in the foreground\n"
	     "  -d                  that, and trace FUSE requests on stderr\n"
	     "  -h, --help          this text\n"
	     "  -V, --version       versions of caifs and its libraries\n"
	     "\n"
	     "Credentials (-o, environment, key of the configuration file):\n"
	     "  config=FILE         CAIFS_CONFIG; else "
	     "~/.config/caifs/config.json,\n"
	     "                      then /etc/caifs/config.json\n"
	     "  ims_org=ID          CAIFS_IMS_ORG       ims_org, org_id, "
	     "ims_org_id\n"
	     "  api_key=ID          CAIFS_API_KEY       api_key, client_id\n"
	     "  (never with -o)     CAIFS_CLIENT_SECRET client_secret, secret\n"
	     "  (never with -o)     CAIFS_ACCESS_TOKEN  access_token\n"
	     "  token_file=FILE     CAIFS_TOKEN_FILE    read again when it "
	     "changes\n"
	     "  token_command=CMD                       a program that prints "
	     "a token\n"
	     "  scopes=A,B          CAIFS_SCOPES        (give it in the file: "
	     "it has commas)\n"
	     "  sandbox_name=NAME   CAIFS_SANDBOX_NAME  sandbox_name; prod\n"
	     "  endpoint=URL        CAIFS_ENDPOINT      "
	     "https://platform.adobe.io\n"
	     "  ims_endpoint=URL    CAIFS_IMS_ENDPOINT  "
	     "https://ims-na1.adobelogin.com\n"
	     "\n"
	     "What is shown:\n"
	     "  dataset=ID[:ID...]  these datasets too (CAIFS_DATASET)\n"
	     "  only                these alone\n"
	     "  all_datasets        every dataset of the sandbox\n"
	     "  show_latest         list `latest`, which always resolves\n"
	     "  ttl=SECONDS         how old a list of datasets or batches may "
	     "be; 60\n"
	     "\n"
	     "How:\n"
	     "  memory=SIZE         budget for file contents; 256M\n"
	     "  connections=N       parallel connections; 8\n"
	     "  no_parquet          fetch nothing ahead by the column\n"
	     "  cache_dir=DIR       keep what was read there (CAIFS_CACHE_DIR): "
	     "personal\n"
	     "                      data, so a disk that is yours\n"
	     "  cache_size=SIZE     the most that it takes up; 10G\n"
	     "  offline             show what the cache has, ask for nothing\n"
	     "  timeout=SECONDS     the longest that one operation may wait; "
	     "30\n"
	     "  cacert=FILE, proxy=URL\n"
	     "  log=FILE, log_level=error|warning|info|debug\n"
	     "  nonempty            mount over a directory that is not empty\n"
	     "  allow_other, allow_root, auto_unmount, uid=N, gid=N, umask=M,\n"
	     "  max_threads=N, context=LABEL, fscontext=LABEL\n"
	     "                      as for other FUSE filesystems\n"
	     "\n"
	     "Exit: 0 done, 1 failed, 2 wrong usage or configuration.\n"
	     "More: man caifs");
}

void version_print(void)
{
	printf("caifs %s\nlibfuse %s\nlibcurl %s\ncJSON %s\n", CAIFS_VERSION,
	       fuse_pkgversion(), curl_version_info(CURLVERSION_NOW)->version,
	       cJSON_Version());
}
