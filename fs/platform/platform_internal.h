#ifndef CAIFS_PLATFORM_INTERNAL_H
#define CAIFS_PLATFORM_INTERNAL_H

/* What platform.c (the source) and inquiry.c (questions of commands) share. */

#include "caifs/platform.h"
#include "gateway.h"

struct platform {
	struct source source;
	struct platform_config config;
	struct http *http;
	struct executor *decoder;
	struct gateway *gateway;
};

#endif
