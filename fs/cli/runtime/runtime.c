/* The assembled layers: see runtime.h. */

#include "runtime.h"

#include "caifs/buffer.h"

enum { CONNECT_TIMEOUT_MS = 5000, IDLE_TIMEOUT_MS = 10000 };

static int smaller(int a, int b)
{
	return a < b ? a : b;
}

int runtime_build_platform(struct runtime *runtime, const struct settings *s)
{
	const struct http_config http = {
		.connections = s->connections,
		.max_connections = GATEWAY_CONNECTIONS,
		/* A third of the timeout: a stalled request is tried again,
		   twice, before the operation times out. */
		.connect_timeout_ms =
			smaller(CONNECT_TIMEOUT_MS, s->timeout_ms / 3),
		.idle_timeout_ms = smaller(IDLE_TIMEOUT_MS, s->timeout_ms / 3),
		.allow_plain_http = s->plain_http,
		.cacert = settings_text(s, OPTION_CACERT),
		.proxy = settings_text(s, OPTION_PROXY),
		.user_agent = "caifs/" CAIFS_VERSION,
	};
	const struct gateway_config gateway = {
		.endpoint = settings_text(s, OPTION_ENDPOINT),
		.ims_endpoint = settings_text(s, OPTION_IMS_ENDPOINT),
		.ims_org = settings_text(s, OPTION_IMS_ORG),
		.api_key = settings_text(s, OPTION_API_KEY),
		.sandbox_name = settings_text(s, OPTION_SANDBOX_NAME),
		.scopes = settings_text(s, OPTION_SCOPES),
		.identity = {.access_token = s->access_token,
			     .token_file = settings_text(s, OPTION_TOKEN_FILE),
			     .token_command =
				     settings_text(s, OPTION_TOKEN_COMMAND),
			     .client_secret = s->client_secret},
		.connections = s->connections,
		.endpoint_is_local = s->plain_http,
		.writes = runtime->writes,
	};
	const struct platform_config platform = {
		.dataset_ids = (const char *const *)s->datasets,
		.only_dataset_ids = settings_flag(s, OPTION_ONLY),
		.all_datasets = settings_flag(s, OPTION_ALL_DATASETS),
		.timeout_ms = s->timeout_ms,
	};
	int err = executor_create("caifs-decoder", &runtime->decoder);

	if (!err)
		err = http_create(&http, &runtime->http);
	if (!err)
		err = gateway_create(&gateway, runtime->http,
				     &runtime->gateway);
	if (!err)
		err = platform_create(&platform, runtime->gateway,
				      runtime->http, runtime->decoder,
				      &runtime->platform);
	return err;
}

/* The cache never shows what it has of one scope to another. */
static int make_scopes(const struct settings *s, struct buffer *scope,
		       struct buffer *listing_scope)
{
	int err = buffer_printf(scope, "%s\n%s\n%s\n%s",
				settings_text(s, OPTION_ENDPOINT),
				settings_text(s, OPTION_IMS_ORG),
				settings_text(s, OPTION_SANDBOX_NAME),
				settings_text(s, OPTION_API_KEY));

	if (!err)
		err = buffer_printf(listing_scope, "%d %d",
				    settings_flag(s, OPTION_ALL_DATASETS),
				    settings_flag(s, OPTION_ONLY));
	for (char **id = s->datasets; !err && id && *id; id++)
		err = buffer_printf(listing_scope, " %s", *id);
	return err;
}

static int build_cache(struct runtime *runtime, const struct settings *s)
{
	struct cache_config config = {
		.directory = settings_text(s, OPTION_CACHE_DIR),
		.size_bytes = s->cache_bytes,
		.free_floor = -1,
		.below = runtime->source,
		.offline = settings_flag(s, OPTION_OFFLINE),
	};
	struct buffer scope, listing_scope;
	int err;

	buffer_init(&scope, 64 * 1024);
	buffer_init(&listing_scope, 1024 * 1024);
	err = make_scopes(s, &scope, &listing_scope);
	config.scope = buffer_text(&scope);
	config.listing_scope = buffer_text(&listing_scope);
	if (!err)
		err = cache_create(&config, &runtime->cache);
	if (!err)
		runtime->source = cache_source(runtime->cache);
	buffer_finish(&scope);
	buffer_finish(&listing_scope);
	return err;
}

int runtime_build_cache(struct runtime *runtime, const struct settings *s)
{
	runtime->source = platform_source(runtime->platform);
	return settings_text(s, OPTION_CACHE_DIR) ? build_cache(runtime, s) : 0;
}

int runtime_build_tree(struct runtime *runtime, const struct settings *s)
{
	const struct namespace_config ns = {
		.source = runtime->source,
		.ttl_ms = s->ttl_ms,
		.show_latest = settings_flag(s, OPTION_SHOW_LATEST),
	};
	const struct data_config data = {
		.source = runtime->source,
		.memory_bytes = (size_t)s->memory_bytes,
		.no_parquet = settings_flag(s, OPTION_NO_PARQUET),
	};
	int err = namespace_create(&ns, &runtime->ns);

	return err ? err : data_create(&data, &runtime->data);
}

void runtime_take_down(struct runtime *runtime)
{
	if (runtime->cache)
		cache_stop(runtime->cache);
	/* End these first: their threads call the layers below. */
	if (runtime->http)
		http_stop(runtime->http);
	executor_destroy(runtime->decoder);
	namespace_destroy(runtime->ns);
	data_destroy(runtime->data);
	cache_destroy(runtime->cache);
	platform_destroy(runtime->platform);
	gateway_destroy(runtime->gateway);
	http_destroy(runtime->http);
}
