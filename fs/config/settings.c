/* The values of options: see settings.h. */

#include "caifs/settings.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

const char *settings_text(const struct settings *settings, enum option_id id)
{
	return settings->values[id] ? settings->values[id] : options[id].preset;
}

bool settings_flag(const struct settings *settings, enum option_id id)
{
	return settings->values[id] != NULL;
}

static struct secret **secret_place(struct settings *settings,
				    enum option_id id)
{
	return id == OPTION_ACCESS_TOKEN ? &settings->access_token
					 : &settings->client_secret;
}

int settings_offer(struct settings *settings, enum option_id id,
		   const char *value)
{
	if (options[id].secret) {
		struct secret **place = secret_place(settings, id);

		if (!*place)
			*place = secret_keep(value, strlen(value));
		return *place ? 0 : -ENOMEM;
	}
	if (!settings->values[id])
		settings->values[id] = strdup(value);
	return settings->values[id] ? 0 : -ENOMEM;
}

void settings_finish(struct settings *s)
{
	for (int id = 0; id < OPTION_COUNT; id++)
		free(s->values[id]);
	free(s->datasets);
	free(s->mountpoint);
	free(s->source);
	free(s->fuse_options);
	free(s->config_path);
	secret_unref(s->access_token);
	secret_unref(s->client_secret);
	*s = (struct settings){0};
}
