/* The configuration file: see config_file.h. */

#include "config_file.h"

#include "caifs/buffer.h"
#include "caifs/print_error.h"
#include "environment.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cjson/cJSON.h>

enum { FILE_MAX_BYTES = 1024 * 1024, MAX_DEPTH = 12 };

int config_file_check_private(int fd, const char *path)
{
	int err = environment_keeps(path) ? 0 : secret_file_check(fd);

	switch (err) {
	case 0:
		return 0;
	case -EPERM:
		print_error("%s holds a secret and belongs to another user: "
			    "chown it to yourself",
			    path);
		return -EINVAL;
	case -EACCES:
		print_error("%s holds a secret that others can read: "
			    "chmod 600 %s",
			    path, path);
		return -EINVAL;
	default:
		print_error("%s: %s", path, strerror(-err));
		return -EINVAL;
	}
}

/* --- Values --- */

struct reading {
	struct settings *settings;
	const char *path;
	bool holds_secret; /* also one that is not used */
};

/* The texts of an array: all of them for scopes and dataset, else the first. */
static int text_of_array(const cJSON *array, enum option_id id,
			 struct buffer *out)
{
	const cJSON *item;
	int err = 0;

	cJSON_ArrayForEach (item, array) {
		if (!cJSON_IsString(item))
			continue;
		if (out->size && id != OPTION_SCOPES && id != OPTION_DATASET)
			break;
		if (out->size)
			err = buffer_append_text(
				out, id == OPTION_DATASET ? ":" : ",");
		if (!err)
			err = buffer_append_text(out, item->valuestring);
		if (err)
			return err;
	}
	return 0;
}

static int take(struct reading *reading, enum option_id id, const cJSON *value)
{
	struct settings *settings = reading->settings;
	bool flag = options[id].flag;
	struct buffer text;
	int err = 0;

	buffer_init(&text, FILE_MAX_BYTES);
	if (!flag && cJSON_IsString(value))
		err = buffer_append_text(&text, value->valuestring);
	else if (!flag && cJSON_IsArray(value))
		err = text_of_array(value, id, &text);
	else if (!flag && cJSON_IsNumber(value))
		/* Exact to 2^50 and more, and no fraction is rounded away. */
		err = buffer_printf(&text, "%.16g", value->valuedouble);
	else if (flag && cJSON_IsTrue(value))
		err = buffer_append_text(&text, "1");
	else if (!cJSON_IsNull(value) && !cJSON_IsFalse(value)) {
		print_error(
			"%s: \"%s\" must be %s", reading->path, value->string,
			options[id].flag
				? "true or false"
				: "a string, a number or a list of strings");
		err = -EINVAL;
	}
	if (!err && text.size) {
		reading->holds_secret |= options[id].secret;
		settings->from_file[id] |= !settings->values[id];
		err = settings_offer(settings, id, text.data);
	}
	buffer_finish(&text);
	return err;
}

static int take_object(struct reading *reading, const cJSON *object, int depth)
{
	const cJSON *item;
	int err;

	cJSON_ArrayForEach (item, object) {
		int id = item->string ? option_find_key(item->string) : -1;

		if (id < 0 || id == OPTION_CONFIG ||
		    (depth > 0 && !options[id].credential))
			continue;
		if (depth > 0 && cJSON_IsObject(item))
			continue;
		err = take(reading, (enum option_id)id, item);
		if (err)
			return err;
	}
	if (depth == MAX_DEPTH)
		return 0;
	cJSON_ArrayForEach (item, object) {
		if (!cJSON_IsObject(item) && !cJSON_IsArray(item))
			continue;
		err = take_object(reading, item, depth + 1);
		if (err)
			return err;
	}
	return 0;
}

/* --- Files --- */

static int read_all(int fd, char **ret_text, size_t *ret_size)
{
	char *text = malloc(FILE_MAX_BYTES + 1);
	size_t size = 0;
	ssize_t got;

	if (!text)
		return -ENOMEM;
	while ((got = read(fd, text + size, FILE_MAX_BYTES + 1 - size)) > 0)
		size += (size_t)got;
	if (got < 0 || size > FILE_MAX_BYTES) {
		explicit_bzero(text, size);
		free(text);
		return got < 0 ? -errno : -EFBIG;
	}
	*ret_text = text;
	*ret_size = size;
	return 0;
}

static int parse(struct settings *settings, int fd, const char *path)
{
	struct reading reading = {.settings = settings, .path = path};
	cJSON *root;
	size_t size = 0;
	char *text = NULL;
	int err = read_all(fd, &text, &size);

	if (err) {
		print_error("%s: %s", path, strerror(-err));
		return -EINVAL;
	}
	/* cJSON checks that nothing follows the value only up to a NUL. */
	text[size] = '\0';
	root = strlen(text) == size
		       ? cJSON_ParseWithLengthOpts(text, size + 1, NULL, true)
		       : NULL;
	explicit_bzero(text, size);
	free(text);
	if (!cJSON_IsObject(root)) {
		print_error("%s: not a JSON object", path);
		cJSON_Delete(root);
		return -EINVAL;
	}
	err = take_object(&reading, root, 0);
	cJSON_Delete(root);
	if (!err && reading.holds_secret)
		err = config_file_check_private(fd, path);
	return err;
}

/* -ENOENT: no such file; -EINVAL after it has printed why; or the errno of
   open(2). */
static int read_file(struct settings *settings, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	int err;

	if (fd < 0)
		return -errno;
	settings->config_path = strdup(path);
	err = parse(settings, fd, path);
	close(fd);
	return err;
}

static int named_path(const char *directory, const char *below,
		      const char *name, char **ret_path)
{
	return asprintf(ret_path, "%s%s/%s.json", directory, below, name) < 0
		       ? -ENOMEM
		       : 0;
}

/* Calls `use` with the path that the named configuration has in the user's
   directory, then in /etc/caifs, until it does not return -ENOENT. -ENOENT,
   -ENOMEM, or what `use` returned. */
static int find_named(const char *name,
		      int (*use)(void *data, const char *path), void *data)
{
	const char *xdg = getenv("XDG_CONFIG_HOME");
	const char *home = getenv("HOME");
	const struct {
		const char *directory, *below;
	} places[] = {
		{xdg && *xdg ? xdg : home,
		 xdg && *xdg ? "/caifs" : "/.config/caifs"},
		{"/etc", "/caifs"},
	};
	int err = -ENOENT;

	for (size_t i = 0; i < 2 && err == -ENOENT; i++) {
		char *path;

		if (!places[i].directory)
			continue;
		if (named_path(places[i].directory, places[i].below, name,
			       &path))
			return -ENOMEM;
		err = use(data, path);
		free(path);
	}
	return err;
}

static int use_named(void *data, const char *path)
{
	int err = read_file(data, path);

	if (err && err != -ENOENT && err != -EINVAL) {
		print_error("%s: %s", path, strerror(-err));
		err = -EINVAL;
	}
	return err;
}

static int look_at_named(void *data, const char *path)
{
	(void)data;
	return access(path, F_OK) ? -ENOENT : 0;
}

bool settings_has_source(const char *source)
{
	return find_named(source, look_at_named, NULL) == 0;
}

int config_file_read(struct settings *settings)
{
	const char *path = settings_text(settings, OPTION_CONFIG);
	const char *name = settings->source;
	int err;

	if (path) {
		err = read_file(settings, path);
		if (err && err != -EINVAL)
			print_error("%s: %s", path, strerror(-err));
		return err ? -EINVAL : 0;
	}
	if (!name || strcmp(name, "caifs") == 0) {
		err = find_named("config", use_named, settings);
		return err == -ENOENT ? 0 : err;
	}
	if (strchr(name, '/')) {
		print_error(
			"'%s' is not the name of a configuration: name a file "
			"in ~/.config/caifs or /etc/caifs, without .json",
			name);
		return -EINVAL;
	}
	err = find_named(name, use_named, settings);
	if (err == -ENOENT)
		print_error(
			"no configuration '%s': write /etc/caifs/%s.json, or give "
			"-o config=FILE",
			name, name);
	return err ? -EINVAL : 0;
}
