/* Records made into snapshots: doubles, order, finding, and the tree that the
   paths of a batch's parts make, whatever the paths. */

#include "test.h"

#include <malloc.h>

#include "builder.h"
#include "names.h"
#include "random.h"

static struct source_record record(const char *id, const char *key,
				   const char *name)
{
	return (struct source_record){
		.id = id,
		.key = key,
		.alternate_id = "",
		.name = name,
		.status = "",
		.client = "",
		.replaces = "",
		.record_count = -1,
	};
}

static struct source_record part(const char *file_id, const char *path,
				 int64_t size)
{
	struct source_record r = record(file_id, path, path);

	r.size = size;
	return r;
}

static struct source_record batch(const char *id, int64_t created_ms,
				  const char *client)
{
	struct source_record r = record(id, id, "");

	r.status = "success";
	r.client = client;
	r.created_ms = created_ms;
	return r;
}

static struct snapshot *finish(struct builder *builder, enum entry_kind kind,
			       struct assigned_names *assigned_names,
			       bool show_latest)
{
	struct builder_options options = {
		.kind = kind,
		.assigned_names = assigned_names,
		.show_latest = show_latest,
		.owner = {.dataset_id = "dataset-1", .batch_id = "batch-1"},
		.default_modified_ms = 1234,
	};
	struct snapshot *snapshot = NULL;

	assert_int_equal(builder_finish(builder, &options, &snapshot), 0);
	assert_non_null(snapshot);
	return snapshot;
}

static struct snapshot *made_of(enum entry_kind kind,
				const struct source_record *records,
				size_t count)
{
	struct builder *builder = builder_create();
	struct assigned_names *assigned_names = assigned_names_create();
	struct snapshot *snapshot;

	assert_int_equal(builder_add(builder, records, count), 0);
	snapshot = finish(builder, kind, assigned_names, false);
	builder_destroy(builder);
	assigned_names_destroy(assigned_names);
	return snapshot;
}

static const struct entry *found(const struct snapshot *snapshot,
				 const char *name)
{
	const struct entry *entry = snapshot_find(snapshot, name);

	if (!entry)
		fail_msg("there is no %s", name);
	return entry;
}

/* Lists
 * ------------------------------------------------------------------------ */

static void nothing_makes_an_empty_snapshot(void **state)
{
	static const enum entry_kind kinds[] = {ENTRY_DATASET, ENTRY_BATCH,
						ENTRY_PART};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(kinds); i++) {
		struct snapshot *s = made_of(kinds[i], NULL, 0);

		assert_int_equal(s->count, 0);
		assert_null(snapshot_find(s, "a"));
		assert_null(snapshot_find_id(s, "a"));
		assert_null(snapshot_latest(s));
		assert_null(snapshot_unref(s));
	}
}

static void entries_are_sorted_and_found_by_name(void **state)
{
	struct source_record records[] = {
		record("id-3", "", "cherry"),
		record("id-1", "", "apple"),
		record("id-2", "", "banana"),
	};
	struct snapshot *s = made_of(ENTRY_DATASET, records, 3);

	(void)state;
	assert_int_equal(s->count, 3);
	for (size_t i = 1; i < s->count; i++)
		assert_true(strcmp(s->entries[i - 1].name, s->entries[i].name) <
			    0);
	assert_string_equal(found(s, "apple")->id, "id-1");
	assert_string_equal(found(s, "banana")->id, "id-2");
	assert_string_equal(found(s, "cherry")->id, "id-3");
	assert_null(snapshot_find(s, "appl"));
	assert_null(snapshot_find(s, "apple "));
	assert_null(snapshot_find(s, ""));
	snapshot_unref(s);
}

static void of_doubles_the_last_one_stays(void **state)
{
	struct builder *builder = builder_create();
	struct source_record first = batch("b-1", 10, ""),
			     other = batch("b-2", 20, ""),
			     again = batch("b-1", 11, "");
	struct snapshot *s;

	(void)state;
	first.record_count = 1;
	again.record_count = 2;
	assert_int_equal(builder_add(builder, &first, 1), 0);
	assert_int_equal(builder_add(builder, &other, 1), 0);
	assert_int_equal(builder_add(builder, &again, 1), 0);
	s = finish(builder, ENTRY_BATCH, NULL, false);
	assert_int_equal(s->count, 2);
	assert_int_equal(found(s, "b-1")->record_count, 2);
	assert_int_equal(found(s, "b-1")->created_ms, 11);
	snapshot_unref(s);
	builder_destroy(builder);
}

static void finishing_and_clearing_leave_it_empty(void **state)
{
	struct builder *builder = builder_create();
	struct source_record a = batch("b-1", 1, ""), b = batch("b-2", 2, "");
	struct snapshot *first, *second;

	(void)state;
	assert_int_equal(builder_add(builder, &a, 1), 0);
	first = finish(builder, ENTRY_BATCH, NULL, false);
	assert_int_equal(builder_add(builder, &a, 1), 0);
	builder_clear(builder);
	assert_int_equal(builder_add(builder, &b, 1), 0);
	second = finish(builder, ENTRY_BATCH, NULL, false);
	builder_destroy(builder);
	/* Both outlive it. */
	assert_int_equal(first->count, 1);
	assert_string_equal(first->entries[0].name, "b-1");
	assert_int_equal(second->count, 1);
	assert_string_equal(second->entries[0].name, "b-2");
	snapshot_unref(first);
	snapshot_unref(second);
}

static void keeps_copies_of_what_it_was_given(void **state)
{
	char id[] = "b-1", key[] = "k-1", other[] = "x-1", status[] = "active";
	struct builder *builder = builder_create();
	struct source_record r = batch(id, 5, "acp_foundation_push");
	const struct entry *entry;
	struct snapshot *s;

	(void)state;
	r.key = key;
	r.alternate_id = other;
	r.status = status;
	r.modified_ms = 77;
	r.record_count = 99;
	assert_int_equal(builder_add(builder, &r, 1), 0);
	memset(id, '-', 3);
	memset(key, '-', 3);
	memset(other, '-', 3);
	memset(status, '-', 6);
	s = finish(builder, ENTRY_BATCH, NULL, false);
	builder_destroy(builder);
	entry = found(s, "b-1");
	assert_string_equal(entry->id, "b-1");
	assert_string_equal(entry->key, "k-1");
	assert_string_equal(entry->alternate_id, "x-1");
	assert_string_equal(entry->status, "active");
	assert_int_equal(entry->kind, ENTRY_BATCH);
	assert_int_equal(entry->modified_ms, 77);
	assert_int_equal(entry->created_ms, 5);
	assert_int_equal(entry->record_count, 99);
	assert_true(entry->by_vendor);
	assert_string_equal(s->owner.dataset_id, "dataset-1");
	snapshot_unref(s);
}

static void batches_are_found_by_id_key_and_alternate(void **state)
{
	struct source_record records[] = {batch("b-1", 1, ""),
					  batch("b-2", 2, "")};
	struct snapshot *s;

	(void)state;
	records[0].key = "k-1";
	records[0].alternate_id = "x-1";
	records[1].key = "k-2";
	s = made_of(ENTRY_BATCH, records, 2);
	assert_string_equal(snapshot_find_id(s, "b-1")->id, "b-1");
	assert_string_equal(snapshot_find_id(s, "k-1")->id, "b-1");
	assert_string_equal(snapshot_find_id(s, "x-1")->id, "b-1");
	assert_string_equal(snapshot_find_id(s, "b-2")->id, "b-2");
	assert_string_equal(snapshot_find_id(s, "k-2")->id, "b-2");
	assert_null(snapshot_find_id(s, "b-3"));
	snapshot_unref(s);
}

static void references_are_counted(void **state)
{
	struct source_record r = batch("b-1", 1, "");
	struct snapshot *s = made_of(ENTRY_BATCH, &r, 1);

	(void)state;
	assert_ptr_equal(snapshot_ref(s), s);
	assert_null(snapshot_unref(s));
	assert_string_equal(s->entries[0].name, "b-1");
	assert_null(snapshot_unref(s));
	assert_null(snapshot_unref(NULL));
}

/* Latest
 * ------------------------------------------------------------------------- */

static void the_latest_is_the_vendors_newest(void **state)
{
	struct source_record records[] = {
		batch("by-vendor-old", 10, "acp_foundation_push"),
		batch("by-vendor-new", 20, "acp_foundation_push"),
		batch("by-other", 30, "somebody"),
	};
	struct snapshot *s = made_of(ENTRY_BATCH, records, 3);

	(void)state;
	assert_string_equal(snapshot_latest(s)->id, "by-vendor-new");
	snapshot_unref(s);
}

static void the_latest_is_the_newest_where_the_vendor_wrote_none(void **state)
{
	struct source_record records[] = {
		batch("b-2", 20, "somebody"),
		batch("b-3", 30, ""),
		batch("b-1", 10, "somebody"),
	};
	struct snapshot *s = made_of(ENTRY_BATCH, records, 3);

	(void)state;
	assert_string_equal(snapshot_latest(s)->id, "b-3");
	snapshot_unref(s);
}

static void the_link_to_the_latest_is_listed_when_wanted(void **state)
{
	struct source_record records[] = {batch("b-1", 10, ""),
					  batch("b-2", 20, "")};
	struct builder *builder = builder_create();
	const struct entry *link;
	struct snapshot *s;

	(void)state;
	assert_int_equal(builder_add(builder, records, 2), 0);
	s = finish(builder, ENTRY_BATCH, NULL, true);
	assert_int_equal(s->count, 3);
	link = found(s, LATEST_NAME);
	assert_int_equal(link->kind, ENTRY_LINK);
	assert_string_equal(link->id, "b-2");
	assert_int_equal(link->size, 3);
	snapshot_unref(s);
	/* Where there is no batch, there is no link. */
	s = finish(builder, ENTRY_BATCH, NULL, true);
	assert_int_equal(s->count, 0);
	snapshot_unref(s);
	builder_destroy(builder);
}

static void a_batch_called_latest_gives_way(void **state)
{
	struct source_record records[] = {batch("latest", 10, "")};
	struct snapshot *s = made_of(ENTRY_BATCH, records, 1);

	(void)state;
	assert_int_equal(s->count, 1);
	assert_string_not_equal(s->entries[0].name, LATEST_NAME);
	snapshot_unref(s);
}

/* Batches replaced
 * --------------------------------------------------------------- */

static struct source_record successor(const char *id, int64_t created_ms,
				      const char *replaces)
{
	struct source_record r = batch(id, created_ms, "");

	r.replaces = replaces;
	return r;
}

static void a_batch_whose_place_is_taken_is_left_out(void **state)
{
	struct source_record records[] = {
		batch("b-1", 10, ""),
		batch("b-2", 20, ""),
		successor("b-3", 30, "b-1"),
		batch("b-4", 40, ""),
	};
	struct snapshot *s = made_of(ENTRY_BATCH, records, 4);

	(void)state;
	assert_int_equal(s->count, 3);
	assert_null(snapshot_find(s, "b-1"));
	assert_null(snapshot_find_id(s, "b-1"));
	snapshot_unref(s);
}

static void by_whichever_of_its_ids_it_is_named(void **state)
{
	struct source_record records[] = {
		batch("by-id", 1, ""),
		batch("by-key", 2, ""),
		batch("by-other", 3, ""),
		batch("not", 4, ""),
		successor("b-9", 9, "nobody\nby-id\nk-2\nx-3\n"),
	};
	struct snapshot *s;

	(void)state;
	records[1].key = "k-2";
	records[2].alternate_id = "x-3";
	s = made_of(ENTRY_BATCH, records, 5);
	assert_int_equal(s->count, 2);
	assert_non_null(snapshot_find(s, "not"));
	assert_non_null(snapshot_find(s, "b-9"));
	snapshot_unref(s);
}

static void each_of_a_chain_takes_the_place_of_the_one_before(void **state)
{
	struct source_record records[] = {
		successor("b-3", 30, "b-2"),
		batch("b-1", 10, ""),
		successor("b-2", 20, "b-1"),
	};
	struct snapshot *s = made_of(ENTRY_BATCH, records, 3);

	(void)state;
	assert_int_equal(s->count, 1);
	assert_string_equal(s->entries[0].name, "b-3");
	snapshot_unref(s);
}

/* Neither itself, nor a later one, nor each other: something always stays. */
static void only_a_later_batch_takes_a_place(void **state)
{
	struct source_record records[] = {
		successor("self", 10, "self"), successor("early", 20, "late"),
		batch("late", 30, ""),	       successor("one", 40, "two"),
		successor("two", 40, "one"),
	};
	struct snapshot *s = made_of(ENTRY_BATCH, records, 5);

	(void)state;
	assert_int_equal(s->count, 4);
	assert_null(snapshot_find(s, "one")); /* listed before the other */
	snapshot_unref(s);
}

static void a_double_does_not_bring_it_back(void **state)
{
	struct source_record records[] = {
		batch("b-1", 10, ""),
		successor("b-2", 20, "b-1"),
		successor("b-2", 20, "b-1"),
		batch("b-1", 10, ""),
	};
	struct builder *builder = builder_create();
	struct snapshot *s;

	(void)state;
	assert_int_equal(builder_add(builder, records, 4), 0);
	s = finish(builder, ENTRY_BATCH, NULL, false);
	assert_int_equal(s->count, 1);
	snapshot_unref(s);
	/* What was said of one list does not hold in the next. */
	assert_int_equal(builder_add(builder, &records[1], 1), 0);
	builder_clear(builder);
	assert_int_equal(builder_add(builder, &records[0], 1), 0);
	s = finish(builder, ENTRY_BATCH, NULL, false);
	assert_int_equal(s->count, 1);
	snapshot_unref(s);
	builder_destroy(builder);
}

/* Names of datasets
 * --------------------------------------------------------------- */

static void namesakes_get_their_ids(void **state)
{
	struct source_record records[] = {
		record("id-1", "", "same"),
		record("id-2", "", "same"),
		record("id-3", "", "same [id-1]"),
	};
	struct snapshot *s = made_of(ENTRY_DATASET, records, 3);

	(void)state;
	assert_string_equal(found(s, "same [id-1]")->id, "id-1");
	assert_string_equal(found(s, "same [id-2]")->id, "id-2");
	assert_string_equal(found(s, "same [id-1] [id-3]")->id, "id-3");
	snapshot_unref(s);
}

static void a_promised_name_stays_with_its_dataset(void **state)
{
	struct source_record first = record("id-1", "", "name"),
			     namesake = record("id-0", "", "name"),
			     renamed = record("id-1", "", "new name");
	struct builder *builder = builder_create();
	struct assigned_names *assigned_names = assigned_names_create();
	struct snapshot *s;

	(void)state;
	assert_int_equal(builder_add(builder, &first, 1), 0);
	s = finish(builder, ENTRY_DATASET, assigned_names, false);
	assert_string_equal(s->entries[0].name, "name");
	snapshot_unref(s);

	assert_int_equal(builder_add(builder, &namesake, 1), 0);
	assert_int_equal(builder_add(builder, &renamed, 1), 0);
	s = finish(builder, ENTRY_DATASET, assigned_names, false);
	assert_string_equal(found(s, "name")->id, "id-1");
	assert_string_equal(found(s, "name [id-0]")->id, "id-0");
	snapshot_unref(s);

	/* Not even while its dataset is not listed. */
	namesake.id = "id-9";
	assert_int_equal(builder_add(builder, &namesake, 1), 0);
	s = finish(builder, ENTRY_DATASET, assigned_names, false);
	assert_string_equal(s->entries[0].name, "name [id-9]");
	snapshot_unref(s);
	builder_destroy(builder);
	assigned_names_destroy(assigned_names);
}

static void a_dataset_called_as_another_ones_id_gives_way(void **state)
{
	static const char id[] = "5cd9146b31dae914b75f654f";
	struct source_record records[] = {
		record("5cd9146b31dae914b75f6540", "", id),
		record(id, "", "something"),
		record("5cd9146b31dae914b75f6541", "", ""),
		record("5cd9146b31dae914b75f6542", "", CONTROL_NAME),
	};
	struct snapshot *s = made_of(ENTRY_DATASET, records, 4);

	(void)state;
	assert_null(snapshot_find(s, id));
	assert_string_equal(found(s, "something")->id, id);
	/* The nameless is called by its own ID. */
	assert_string_equal(found(s, records[2].id)->id, records[2].id);
	assert_null(snapshot_find(s, CONTROL_NAME));
	snapshot_unref(s);
}

/* Inode numbers
 * -------------------------------------------------------------------- */

static void inode_numbers_say_what_a_thing_is(void **state)
{
	struct source_record a = part("f-1", "a", 10),
			     other = part("f-2", "a", 10),
			     longer = part("f-1", "a", 11);
	struct snapshot *s = made_of(ENTRY_PART, &a, 1),
			*again = made_of(ENTRY_PART, &a, 1),
			*s_other = made_of(ENTRY_PART, &other, 1),
			*s_longer = made_of(ENTRY_PART, &longer, 1);

	(void)state;
	assert_true(s->entries[0].ino > 1);
	assert_true(s->entries[0].ino == again->entries[0].ino);
	assert_true(s->entries[0].ino != s_other->entries[0].ino);
	assert_true(s->entries[0].ino != s_longer->entries[0].ino);
	snapshot_unref(s);
	snapshot_unref(again);
	snapshot_unref(s_other);
	snapshot_unref(s_longer);
}

/* A program that sorts a directory by inode gets the parts in their order. */
static void inode_numbers_of_parts_rise_with_their_names(void **state)
{
	enum { PARTS = 16384 };
	static char paths[PARTS][64];
	struct source_record *records = calloc(PARTS, sizeof(*records));
	struct snapshot *s;

	(void)state;
	assert_non_null(records);
	for (int i = 0; i < PARTS; i++) {
		snprintf(paths[i], sizeof(paths[i]),
			 "part-%05d-tid-%d-c000.snappy.parquet", i,
			 (PARTS - i) * 7919);
		records[i] = part("f-1", paths[i], 10);
	}
	s = made_of(ENTRY_PART, records, PARTS);
	for (size_t i = 1; i < s->count; i++)
		assert_true(s->entries[i - 1].ino < s->entries[i].ino);
	snapshot_unref(s);
	free(records);
}

/* Trees
 * -------------------------------------------------------------------------------
 */

static void nested_paths_become_directories(void **state)
{
	struct source_record records[] = {
		part("f-1", "part-0", 1),     part("f-1", "x/part-1", 2),
		part("f-1", "x/y/part-2", 3), part("f-1", "x/y/part-3", 4),
		part("f-1", "z/part-4", 5),
	};
	struct snapshot *s = made_of(ENTRY_PART, records, 5);
	const struct entry *x = found(s, "x"), *y;

	(void)state;
	assert_int_equal(s->count, 3);
	assert_int_equal(found(s, "part-0")->kind, ENTRY_PART);
	assert_int_equal(found(s, "part-0")->size, 1);
	assert_string_equal(found(s, "part-0")->id, "f-1");
	assert_string_equal(found(s, "part-0")->key, "part-0");
	assert_int_equal(x->kind, ENTRY_SUBDIRECTORY);
	assert_int_equal(x->children->count, 2);
	assert_string_equal(found(x->children, "part-1")->key, "x/part-1");
	y = found(x->children, "y");
	assert_int_equal(y->children->count, 2);
	assert_string_equal(found(y->children, "part-3")->key, "x/y/part-3");
	assert_int_equal(found(y->children, "part-3")->size, 4);
	assert_int_equal(found(s, "z")->children->count, 1);
	snapshot_unref(s);
}

static void a_directory_holds_parts_of_several_dataset_files(void **state)
{
	struct source_record records[] = {
		part("f-1", "x/same", 1),
		part("f-2", "x/same", 2),
		part("f-2", "x/other", 3),
	};
	struct snapshot *s = made_of(ENTRY_PART, records, 3);
	const struct snapshot *x = found(s, "x")->children;

	(void)state;
	assert_int_equal(s->count, 1);
	assert_int_equal(x->count, 3);
	assert_string_equal(found(x, "same [f-1]")->id, "f-1");
	assert_string_equal(found(x, "same [f-2]")->id, "f-2");
	assert_string_equal(found(x, "same [f-2]")->key, "x/same");
	assert_int_equal(found(x, "other")->size, 3);
	snapshot_unref(s);
}

static void a_file_gives_way_to_a_directory_of_its_name(void **state)
{
	struct source_record records[] = {
		part("f-1", "a", 1),
		part("f-1", "a/b", 2),
	};
	struct snapshot *s = made_of(ENTRY_PART, records, 2);

	(void)state;
	assert_int_equal(s->count, 2);
	assert_int_equal(found(s, "a")->kind, ENTRY_SUBDIRECTORY);
	assert_string_equal(found(s, "a [f-1]")->key, "a");
	snapshot_unref(s);
}

static void what_sorts_between_a_directory_and_its_parts_does_no_harm(
	void **state)
{
	struct source_record records[] = {
		part("f-1", "a/1", 1),	 part("f-1", "a-b", 2),
		part("f-1", "a.b/1", 3), part("f-1", "a/2", 4),
		part("f-2", "a/3", 5),	 part("f-1", "a0", 6),
		part("f-1", "a//x", 7),	 part("f-1", "a/", 8),
	};
	struct snapshot *s = made_of(ENTRY_PART, records, COUNT_OF(records));

	(void)state;
	assert_int_equal(found(s, "a")->children->count, 3);
	assert_int_equal(s->count, 6);
	snapshot_unref(s);
}

static void an_irregular_path_is_one_name(void **state)
{
	static const char *const paths[][2] = {
		{"a//b", "a%2F%2Fb"}, {"/a", "%2Fa"},	{"a/", "a%2F"},
		{"/", "%2F"},	      {"..", "%2E%2E"}, {".", "%2E"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(paths); i++) {
		struct source_record r = part("f-1", paths[i][0], 5);
		struct snapshot *s = made_of(ENTRY_PART, &r, 1);

		assert_int_equal(s->count, 1);
		assert_string_equal(s->entries[0].name, paths[i][1]);
		assert_string_equal(s->entries[0].key, paths[i][0]);
		assert_int_equal(s->entries[0].kind, ENTRY_PART);
		snapshot_unref(s);
	}
}

static void dots_in_a_path_lead_nowhere(void **state)
{
	struct source_record records[] = {part("f-1", "../../etc/passwd", 1),
					  part("f-1", "x/../y", 2),
					  part("f-1", "x/./y", 3)};
	struct snapshot *s = made_of(ENTRY_PART, records, 3), *up;

	(void)state;
	up = found(s, "%2E%2E")->children;
	up = found(up, "%2E%2E")->children;
	assert_non_null(found(found(up, "etc")->children, "passwd"));
	up = found(s, "x")->children;
	assert_int_equal(up->count, 2);
	assert_int_equal(found(found(up, "%2E%2E")->children, "y")->size, 2);
	assert_int_equal(found(found(up, "%2E")->children, "y")->size, 3);
	snapshot_unref(s);
}

static void deep_path(char *path, size_t components)
{
	for (size_t i = 0; i < components; i++) {
		path[2 * i] = 'd';
		path[2 * i + 1] = '/';
	}
	path[2 * components - 1] = '\0';
}

static void a_tree_is_32_deep_at_the_most(void **state)
{
	struct source_record r;
	const struct snapshot *at;
	struct snapshot *s;
	size_t depth = 1;
	char path[20001];

	(void)state;
	deep_path(path, 32);
	r = part("f-1", path, 1);
	s = made_of(ENTRY_PART, &r, 1);
	for (at = s; at->entries[0].children; at = at->entries[0].children)
		depth++;
	assert_int_equal(depth, 32);
	assert_string_equal(at->entries[0].key, path);
	snapshot_unref(s);

	for (size_t components = 33; components <= 10000; components *= 10) {
		deep_path(path, components);
		r = part("f-1", path, 1);
		s = made_of(ENTRY_PART, &r, 1);
		assert_int_equal(s->count, 1);
		assert_null(s->entries[0].children);
		assert_string_equal(s->entries[0].key, path);
		assert_in_range(strlen(s->entries[0].name), 1, NAME_BYTES_MAX);
		snapshot_unref(s);
	}
}

static void a_tree_keeps_copies_of_what_it_was_given(void **state)
{
	char batch_id[] = "batch-1", dataset_id[] = "dataset-1";
	struct builder *builder = builder_create();
	struct source_record r = part("f-1", "x/y", 1);
	struct builder_options options = {
		.kind = ENTRY_PART,
		.owner = {.dataset_id = dataset_id, .batch_id = batch_id},
	};
	struct snapshot *s;

	(void)state;
	assert_int_equal(builder_add(builder, &r, 1), 0);
	assert_int_equal(builder_finish(builder, &options, &s), 0);
	builder_destroy(builder);
	memset(batch_id, '-', sizeof(batch_id) - 1);
	memset(dataset_id, '-', sizeof(dataset_id) - 1);
	assert_string_equal(s->owner.dataset_id, "dataset-1");
	assert_string_equal(s->owner.batch_id, "batch-1");
	/* Whatever its ID is, it is none of the caller's memory. */
	assert_ptr_not_equal(found(s, "x")->id, batch_id);
	assert_null(strstr(found(s, "x")->id, "---"));
	assert_string_equal(found(s, "x")->key, "x");
	snapshot_unref(s);
}

static void parts_are_as_old_as_their_batch_where_nothing_is_said(void **state)
{
	struct source_record records[] = {part("f-1", "a", 1),
					  part("f-1", "b", 1)};
	struct snapshot *s;

	(void)state;
	records[1].modified_ms = 99;
	s = made_of(ENTRY_PART, records, 2);
	assert_int_equal(found(s, "a")->modified_ms, 1234);
	assert_int_equal(found(s, "b")->modified_ms, 99);
	snapshot_unref(s);
}

/* Counts parts; every level is sorted, unique and legal. */
static size_t walk(const struct snapshot *s)
{
	size_t count = 0;

	for (size_t i = 0; i < s->count; i++) {
		const struct entry *e = &s->entries[i];

		assert_in_range(strlen(e->name), 1, NAME_BYTES_MAX);
		assert_null(strchr(e->name, '/'));
		assert_string_not_equal(e->name, ".");
		assert_string_not_equal(e->name, "..");
		if (i)
			assert_true(strcmp(s->entries[i - 1].name, e->name) <
				    0);
		assert_ptr_equal(snapshot_find(s, e->name), e);
		if (e->kind == ENTRY_SUBDIRECTORY) {
			assert_true(e->children->count > 0);
			count += walk(e->children);
		} else {
			assert_int_equal(e->kind, ENTRY_PART);
			count++;
		}
	}
	return count;
}

static void any_paths_make_a_tree_of_all_their_parts(void **state)
{
	static const char *const pieces[] = {"a",  "b", "/",	  "/", ".",
					     "..", "%", " [f-1]", "é", "\xff"};
	enum { PARTS = 30 };
	static char paths[PARTS][64];
	struct source_record records[PARTS];
	struct random random;

	(void)state;
	random_init(&random, "paths");
	for (size_t n = 0; n < random_cases(1000); n++) {
		size_t different = 0;
		struct snapshot *s;

		for (size_t i = 0; i < PARTS; i++) {
			bool seen = false;

			paths[i][0] = '\0';
			for (uint64_t j = random_below(&random, 7); j > 0; j--)
				strcat(paths[i],
				       pieces[random_below(&random,
							   COUNT_OF(pieces))]);
			records[i] =
				part(random_below(&random, 2) ? "f-1" : "f-2",
				     paths[i], 1);
			for (size_t j = 0; j < i && !seen; j++)
				seen = strcmp(paths[i], paths[j]) == 0 &&
				       strcmp(records[i].id, records[j].id) ==
					       0;
			different += !seen;
		}
		s = made_of(ENTRY_PART, records, PARTS);
		assert_int_equal(walk(s), different);
		snapshot_unref(s);
	}
}

/* Size
 * ----------------------------------------------------------------------------------
 */

static size_t memory_in_use(void)
{
	struct mallinfo2 info = mallinfo2();

	return info.uordblks + info.hblkhd;
}

static void many_entries_take_little_memory(void **state)
{
	enum { ENTRIES = 100000 };
	struct builder *builder = builder_create();
	size_t before = memory_in_use(), used;
	struct snapshot *s;
	char path[100];

	(void)state;
	for (int i = 0; i < ENTRIES; i++) {
		struct source_record r;

		snprintf(path, sizeof(path),
			 "part-%05d-tid-5208432910418250731-93b3f57d-c000"
			 ".snappy.parquet",
			 i);
		r = part("035e2520-5e69-11ea-b624-51ecfeba55d1-1", path, i);
		assert_int_equal(builder_add(builder, &r, 1), 0);
	}
	s = finish(builder, ENTRY_PART, NULL, false);
	builder_destroy(builder);
	used = memory_in_use() - before;
	assert_int_equal(s->count, ENTRIES);
	assert_int_equal(found(s, path)->size, ENTRIES - 1);
	/* A sanitizer's malloc does not tell. */
	if (before > 0 && used / ENTRIES > 300)
		fail_msg("%zu bytes an entry", used / ENTRIES);
	snapshot_unref(s);
}

static void there_is_a_ceiling(void **state)
{
	struct builder *builder = builder_create();
	struct source_record *records = test_alloc(1000 * sizeof(*records));

	(void)state;
	for (int i = 0; i < 1000; i++)
		records[i] = part("f-1", "a", 1);
	for (int i = 0; i < BUILDER_MAX_RECORDS / 1000; i++)
		assert_int_equal(builder_add(builder, records, 1000), 0);
	assert_int_equal(builder_add(builder, records, 1), -EFBIG);
	builder_destroy(builder);
	free(records);
}

/* However few they are: names have no other end than the page they come in. */
static void bytes_have_a_ceiling_too(void **state)
{
	struct builder *builder = builder_create();
	struct source_record r = part("f-1", "", 1);
	const size_t length = 1024 * 1024;
	char *path = test_alloc(length);
	size_t added = 0;
	int err;

	(void)state;
	memset(path, 'x', length - 1);
	path[length - 1] = '\0';
	r.key = r.name = path;
	while ((err = builder_add(builder, &r, 1)) == 0 && added++ < 1000)
		path[0] = (char)('a' + added % 20);
	assert_int_equal(err, -EFBIG);
	assert_in_range(added, 100, 128);
	builder_clear(builder); /* a list that starts over is not too long */
	assert_int_equal(builder_add(builder, &r, 1), 0);
	builder_clear(builder);
	r = successor("b-1", 1, "");
	path[length - 1] = '\0';
	for (size_t i = 1; i < length - 1; i += 2)
		path[i] = '\n';
	r.replaces = path;
	while ((err = builder_add(builder, &r, 1)) == 0 && added++ < 1000)
		;
	assert_int_equal(err, -EFBIG);
	builder_destroy(builder);
	free(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_makes_an_empty_snapshot),
		cmocka_unit_test(entries_are_sorted_and_found_by_name),
		cmocka_unit_test(of_doubles_the_last_one_stays),
		cmocka_unit_test(finishing_and_clearing_leave_it_empty),
		cmocka_unit_test(keeps_copies_of_what_it_was_given),
		cmocka_unit_test(batches_are_found_by_id_key_and_alternate),
		cmocka_unit_test(references_are_counted),
		cmocka_unit_test(the_latest_is_the_vendors_newest),
		cmocka_unit_test(
			the_latest_is_the_newest_where_the_vendor_wrote_none),
		cmocka_unit_test(the_link_to_the_latest_is_listed_when_wanted),
		cmocka_unit_test(a_batch_called_latest_gives_way),
		cmocka_unit_test(a_batch_whose_place_is_taken_is_left_out),
		cmocka_unit_test(by_whichever_of_its_ids_it_is_named),
		cmocka_unit_test(
			each_of_a_chain_takes_the_place_of_the_one_before),
		cmocka_unit_test(only_a_later_batch_takes_a_place),
		cmocka_unit_test(a_double_does_not_bring_it_back),
		cmocka_unit_test(namesakes_get_their_ids),
		cmocka_unit_test(a_promised_name_stays_with_its_dataset),
		cmocka_unit_test(a_dataset_called_as_another_ones_id_gives_way),
		cmocka_unit_test(inode_numbers_say_what_a_thing_is),
		cmocka_unit_test(inode_numbers_of_parts_rise_with_their_names),
		cmocka_unit_test(nested_paths_become_directories),
		cmocka_unit_test(
			a_directory_holds_parts_of_several_dataset_files),
		cmocka_unit_test(a_file_gives_way_to_a_directory_of_its_name),
		cmocka_unit_test(
			what_sorts_between_a_directory_and_its_parts_does_no_harm),
		cmocka_unit_test(an_irregular_path_is_one_name),
		cmocka_unit_test(dots_in_a_path_lead_nowhere),
		cmocka_unit_test(a_tree_is_32_deep_at_the_most),
		cmocka_unit_test(a_tree_keeps_copies_of_what_it_was_given),
		cmocka_unit_test(
			parts_are_as_old_as_their_batch_where_nothing_is_said),
		cmocka_unit_test(any_paths_make_a_tree_of_all_their_parts),
		cmocka_unit_test(many_entries_take_little_memory),
		cmocka_unit_test(there_is_a_ceiling),
		cmocka_unit_test(bytes_have_a_ceiling_too),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
