/* An export job, an audience and a segment job, as the platform may send them.
 */

#include "audience.h"
#include "export_job.h"
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

static void require_printable(const char *text)
{
	for (; *text; text++)
		REQUIRE((unsigned char)*text >= ' ' && *text != 0x7f);
}

static void read_as_job(const cJSON *root)
{
	const char *const audiences[] = {"a"};
	const struct export_order order = {
		.audiences = audiences, .audience_count = 1, .dataset = "d"};
	struct export_job job;

	if (export_job_read(root, &job))
		return;
	REQUIRE(export_id_is_plain(job.id.text));
	require_printable(job.status);
	require_printable(job.error);
	REQUIRE(job.profiles >= -1);
	for (size_t i = 0; i < job.batch_count; i++)
		REQUIRE(export_id_is_plain(job.batches[i].text));
	export_job_matches(&job, &order, 1);
	export_job_finish(&job);
}

static void read_as_audience(const cJSON *root)
{
	struct export_audience audience;

	if (audience_read(root, &audience))
		return;
	REQUIRE(export_id_is_plain(audience.id.text));
	free(audience.name);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	cJSON *root;

	if (json_parse((const char *)bytes, size, &root))
		return 0;
	read_as_job(root);
	read_as_audience(root);
	evaluation_is_of(root, "a");
	REQUIRE(evaluation_time(root) >= 0);
	REQUIRE(evaluation_profiles(root, "a") >= -1);
	cJSON_Delete(root);
	return 0;
}
