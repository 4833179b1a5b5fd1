/* Which columns are wanted: see columns.h. */

#include "columns.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct column_name {
	char *name;
	bool found; /* guarded by the lock */
};

void columns_init(struct columns *columns)
{
	*columns = (struct columns){.count = 0};
	pthread_mutex_init(&columns->lock, NULL);
}

void columns_finish(struct columns *columns)
{
	for (size_t i = 0; i < columns->count; i++)
		free(columns->names[i].name);
	free(columns->names);
	free(columns->example);
	pthread_mutex_destroy(&columns->lock);
}

static int add(struct columns *columns, const char *name, size_t size)
{
	struct column_name *more =
		reallocarray(columns->names, columns->count + 1, sizeof(*more));
	char *copy;

	if (!more)
		return -ENOMEM;
	columns->names = more;
	copy = strndup(name, size);
	if (!copy)
		return -ENOMEM;
	columns->names[columns->count++] = (struct column_name){.name = copy};
	return 0;
}

int columns_add(struct columns *columns, const char *list)
{
	int err;

	for (;;) {
		size_t size = strcspn(list, ",");

		err = size ? add(columns, list, size) : -EINVAL;
		if (err || list[size] == '\0')
			return err;
		list += size + 1;
	}
}

static bool is_in(const char *leaf, const char *name)
{
	size_t size = strlen(name);

	return strncmp(leaf, name, size) == 0 &&
	       (leaf[size] == '\0' || leaf[size] == '.');
}

void columns_choose(struct columns *columns, struct parquet_names *names,
		    bool *ret_wanted)
{
	pthread_mutex_lock(&columns->lock);
	for (size_t i = 0; i < names->count; i++) {
		ret_wanted[i] = false;
		for (size_t k = 0; k < columns->count; k++) {
			if (!is_in(names->names[i], columns->names[k].name))
				continue;
			ret_wanted[i] = true;
			columns->names[k].found = true;
		}
	}
	if (columns->example)
		free(names);
	else
		columns->example = names;
	pthread_mutex_unlock(&columns->lock);
}

/* Replaces control characters: the names are from a file. */
static void append(char *text, size_t size, const char *name)
{
	size_t at = strlen(text);

	at += (size_t)snprintf(text + at, size - at, "%s", at ? ", " : "");
	for (; *name && at + 1 < size; name++, at++) {
		text[at] = *name;
		if ((unsigned char)*name < ' ' || *name == 127)
			text[at] = '?';
	}
	text[at < size ? at : size - 1] = '\0';
}

const char *columns_unknown(struct columns *columns, char *there, size_t size)
{
	static const char more[] = ", ...";
	const char *unknown = NULL;

	pthread_mutex_lock(&columns->lock);
	for (size_t i = 0; i < columns->count && !unknown; i++)
		if (!columns->names[i].found)
			unknown = columns->names[i].name;
	there[0] = '\0';
	for (size_t i = 0; columns->example && i < columns->example->count;
	     i++) {
		const char *name = columns->example->names[i];

		if (strlen(there) + strlen(name) + 2 * sizeof(more) > size) {
			strcat(there, more);
			break;
		}
		append(there, size, name);
	}
	pthread_mutex_unlock(&columns->lock);
	return unknown;
}
