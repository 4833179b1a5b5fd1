/* Datasets and batches in mounts: see find_in_mounts.h. */

#include "find_in_mounts.h"

#include "mount_status.h"
#include "mounts.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

static bool has_text(const cJSON *about, const char *name, const char *wanted)
{
	const cJSON *value = cJSON_GetObjectItemCaseSensitive(about, name);

	return cJSON_IsString(value) && strcmp(value->valuestring, wanted) == 0;
}

static bool is_of(const struct settings *settings, const char *mount)
{
	cJSON *status = NULL;
	const cJSON *about;
	char *text;
	bool same;

	if (mount_status_read(mount, &text))
		return false;
	status = cJSON_Parse(text);
	about = cJSON_GetObjectItemCaseSensitive(status, "about");
	same = has_text(about, "endpoint",
			settings_text(settings, OPTION_ENDPOINT)) &&
	       has_text(about, "sandbox",
			settings_text(settings, OPTION_SANDBOX_NAME));
	cJSON_Delete(status);
	free(text);
	return same;
}

/* Resolves the path, since an ID is a link to the listed name. NULL: not there.
 */
static char *path_in(const char *mount, const char *dataset, const char *batch)
{
	char *path, *real;

	if (asprintf(&path, "%s/%s%s%s", mount, dataset, batch ? "/" : "",
		     batch ? batch : "") < 0)
		return NULL;
	real = realpath(path, NULL);
	free(path);
	return real;
}

int find_in_mounts(const struct settings *settings, const char *dataset,
		   const char *batch, char **ret_path)
{
	char **mounts, *path = NULL;

	if (mounts_find(&mounts))
		return -ENOENT;
	for (size_t i = 0; mounts[i] && !path; i++)
		if (is_of(settings, mounts[i]))
			path = path_in(mounts[i], dataset, batch);
	mounts_free(mounts);
	if (!path)
		return -ENOENT;
	*ret_path = path;
	return 0;
}
