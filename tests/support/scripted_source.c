/* A source that does what it is told: see scripted_source.h. */

#include "scripted_source.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void broken(const char *what)
{
	fprintf(stderr, "the source's contract is broken: %s\n", what);
	abort();
}

static void free_if_over(struct source_call *call)
{
	if (call->done && call->released)
		free(call);
}

static int fetch(struct source *source, const struct source_range *range,
		 const struct source_fetch *sink, struct source_call **ret_call)
{
	struct script *script = (struct script *)(void *)source;
	struct source_call *call = calloc(1, sizeof(*call));

	if (!call || script->count == SCRIPT_CALLS)
		abort();
	if (range->offset < 0 || range->size <= 0 ||
	    range->offset > range->file_size - range->size)
		broken("a range that is not in its file");
	call->script = script;
	call->range = *range;
	call->fetch = *sink;
	script->calls[script->count++] = call;
	script->unreleased++;
	*ret_call = call;
	return 0;
}

static void cancel(struct source_call *call)
{
	if (call->released)
		broken("a call was cancelled after it was released");
	call->cancelled = true;
}

static void promote(struct source_call *call)
{
	if (call->released || !call->range.prefetch)
		broken("a promotion of what was no prefetch, or is over");
}

static int capacity(struct source *source)
{
	return ((struct script *)(void *)source)->capacity;
}

static void release(struct source_call *call)
{
	if (call->released)
		broken("a call was released twice");
	call->released = true;
	call->script->unreleased--;
	free_if_over(call);
}

void script_init(struct script *script, int connections)
{
	static const struct source_operations operations = {
		.fetch = fetch,
		.cancel = cancel,
		.promote = promote,
		.capacity = capacity,
		.unref = release,
	};

	*script = (struct script){
		.source.operations = &operations,
		.capacity = connections,
	};
}

void script_done(struct source_call *call, int err)
{
	struct script *script = call->script;
	size_t i = 0;

	while (script->calls[i] != call)
		i++;
	script->count--;
	memmove(&script->calls[i], &script->calls[i + 1],
		(script->count - i) * sizeof(struct source_call *));
	call->fetch.done(call->fetch.data, err);
	call->done = true;
	free_if_over(call);
}
