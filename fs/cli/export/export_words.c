/* What was asked of `caifs export`: see export_words.h. */

#include "export_words.h"

#include "caifs/complain.h"
#include "caifs/digits.h"
#include "caifs/export.h"
#include "caifs/settings.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int wrong(const char *word, const char *wanted)
{
	complain("export: '%s': %s", word, wanted);
	return -EINVAL;
}

/* --- Values --- */

static int take_id(const char *text, const char **ret)
{
	if (!export_id_is_plain(text))
		return wrong(text, "is no id: it may have letters, digits and "
				   "_-.:@");
	*ret = text;
	return 0;
}

static int take_audience(struct export_words *w, const char *text)
{
	const char **more, *id = NULL;

	if (take_id(text, &id))
		return -EINVAL;
	for (size_t i = 0; i < w->audience_count; i++)
		if (strcmp(w->audiences[i], id) == 0)
			return 0;
	more = reallocarray(w->audiences, w->audience_count + 1, sizeof(*more));
	if (!more)
		return -EINVAL;
	w->audiences = more;
	w->audiences[w->audience_count++] = id;
	return 0;
}

static int take_dataset(struct export_words *w, const char *text)
{
	return take_id(text, &w->dataset);
}

static int take_new_dataset(struct export_words *w, const char *text)
{
	if (!*text)
		return wrong(text, "a dataset needs a name");
	for (const char *c = text; *c; c++)
		if ((unsigned char)*c < ' ' || *c == 0x7f)
			return wrong("--new-dataset",
				     "the name holds a control character");
	w->new_dataset = text;
	return 0;
}

static int take_fields(struct export_words *w, const char *text)
{
	if (!*text || strspn(text, "abcdefghijklmnopqrstuvwxyz"
				   "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
				   "_-.:/@,") != strlen(text))
		return wrong(text, "wants names of fields, as in "
				   "identities.id,person.name");
	w->fields = text;
	return 0;
}

/* ID or ID:VERSION. */
static int take_policy(struct export_words *w, const char *text)
{
	const char *colon = strrchr(text, ':');
	const char *digits = colon ? colon + 1 : NULL;
	int64_t version = 0;

	if (digits && (!digits_read(&digits, &version) || *digits ||
		       version < 1 || version > INT32_MAX))
		return wrong(text, "wants ID or ID:VERSION");
	free(w->policy);
	w->policy =
		colon ? strndup(text, (size_t)(colon - text)) : strdup(text);
	w->policy_version = version;
	if (!w->policy)
		return -EINVAL;
	return export_id_is_plain(w->policy)
		       ? 0
		       : wrong(text, "wants ID or ID:VERSION");
}

static int take_since(struct export_words *w, const char *text)
{
	int64_t since_ms;

	if (times_parse_moment(text, &since_ms))
		return wrong(text, "wants a time, as 2026-01-31 or "
				   "2026-01-31T08:00:00Z");
	times_print_moment(since_ms, w->since);
	return 0;
}

static int take_wait(struct export_words *w, const char *text)
{
	(void)text;
	w->wait = true;
	return 0;
}

/* --- Words --- */

static const struct word {
	const char *name;
	bool for_start, for_status, has_value;
	int (*take)(struct export_words *words, const char *value);
} known[] = {
	{"--audience", true, false, true, take_audience},
	{"--dataset", true, false, true, take_dataset},
	{"--new-dataset", true, false, true, take_new_dataset},
	{"--fields", true, false, true, take_fields},
	{"--merge-policy", true, false, true, take_policy},
	{"--since", true, false, true, take_since},
	{"--wait", true, true, false, take_wait},
};

/* NULL: none of ours. `*ret_value`: what stands after '='. */
static const struct word *find_word(const struct export_words *w,
				    const char *argument,
				    const char **ret_value)
{
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		size_t length = strlen(known[i].name);

		if (strncmp(argument, known[i].name, length) != 0 ||
		    (argument[length] && argument[length] != '='))
			continue;
		if ((w->verb != EXPORT_START || !known[i].for_start) &&
		    (w->verb != EXPORT_STATUS || !known[i].for_status))
			continue;
		*ret_value = argument[length] ? argument + length + 1 : NULL;
		return &known[i];
	}
	return NULL;
}

static int find_verb(struct export_words *w, int argc, char **argv)
{
	static const struct {
		const char *name;
		enum export_verb verb;
	} verbs[] = {
		{"audiences", EXPORT_AUDIENCES},
		{"start", EXPORT_START},
		{"status", EXPORT_STATUS},
		{"list", EXPORT_LIST},
		{"cancel", EXPORT_CANCEL},
		{"--help", EXPORT_HELP},
		{"-h", EXPORT_HELP},
		{"--version", EXPORT_HELP},
		{"-V", EXPORT_HELP},
	};

	for (size_t i = 0; argc > 1 && i < sizeof(verbs) / sizeof(verbs[0]);
	     i++)
		if (strcmp(argv[1], verbs[i].name) == 0) {
			w->verb = verbs[i].verb;
			return 0;
		}
	complain("export: %s%s: caifs export audiences, start, status, list "
		 "or cancel; see caifs export --help",
		 argc > 1 ? argv[1] : "what",
		 argc > 1 ? " is none of its words" : "?");
	return -EINVAL;
}

static bool takes_job(const struct export_words *w)
{
	return w->verb == EXPORT_STATUS || w->verb == EXPORT_CANCEL;
}

/* One argument, or two; how many, or -EINVAL. 0: it is not ours. */
static int take(struct export_words *w, char **at, bool last)
{
	const char *value = NULL;
	const struct word *word = find_word(w, at[0], &value);
	bool apart;

	if (!word) {
		if (at[0][0] == '-' || !takes_job(w) || w->job)
			return 0;
		return take_id(at[0], &w->job) ? -EINVAL : 1;
	}
	if (!word->has_value && value)
		return wrong(at[0], "takes no value");
	apart = word->has_value && !value;
	if (apart && last)
		return wrong(at[0], "needs a value");
	if (word->take(w, apart ? at[1] : value))
		return -EINVAL;
	return apart ? 2 : 1;
}

static int check(const struct export_words *w)
{
	if (takes_job(w) && !w->job) {
		complain("export: no job: caifs export %s JOB",
			 w->verb == EXPORT_STATUS ? "status" : "cancel");
		return -EINVAL;
	}
	if (w->verb != EXPORT_START)
		return 0;
	if (w->audience_count == 0) {
		complain("export: no audience: give --audience ID (caifs "
			 "export audiences lists them)");
		return -EINVAL;
	}
	if (!w->dataset == !w->new_dataset) {
		complain("export: give one of --dataset ID and --new-dataset "
			 "NAME");
		return -EINVAL;
	}
	if (w->audience_count > 1 && !w->policy) {
		complain("export: several audiences need --merge-policy ID, by "
			 "which their profiles are merged (caifs export "
			 "audiences shows each one's)");
		return -EINVAL;
	}
	return 0;
}

int export_words_read(struct export_words *words, int *argc, char **argv)
{
	int kept = 1, taken;

	*words = (struct export_words){0};
	if (find_verb(words, *argc, argv))
		return -EINVAL;
	for (int i = words->verb == EXPORT_HELP ? 1 : 2; i < *argc;) {
		/* The next one is its value, whatever it looks like. */
		bool is_o = strcmp(argv[i], "-o") == 0;

		taken = is_o ? 0 : take(words, argv + i, i + 1 == *argc);
		if (taken < 0)
			return -EINVAL;
		if (taken == 0)
			argv[kept++] = argv[i++];
		if (is_o && i < *argc)
			argv[kept++] = argv[i++];
		i += taken;
	}
	argv[kept] = NULL;
	*argc = kept;
	for (int i = 1; i < kept; i++)
		if (strcmp(argv[i], "-h") == 0 ||
		    strcmp(argv[i], "--help") == 0)
			words->verb = EXPORT_HELP;
	return check(words);
}

void export_words_finish(struct export_words *words)
{
	free(words->audiences);
	free(words->policy);
	*words = (struct export_words){0};
}
