/* The places of a parquet file's columns: see parquet.h. */

#include "caifs/parquet.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "thrift.h"

/* Field ids of parquet.thrift that are used here. */
enum {
	FILE_SCHEMA = 2,
	FILE_ROW_GROUPS = 4,
	FILE_ENCRYPTION = 8,
	ROW_GROUP_COLUMNS = 1,
	CHUNK_FILE_PATH = 1,
	CHUNK_META_DATA = 3,
	COLUMN_COMPRESSED_SIZE = 7,
	COLUMN_DATA_PAGE = 9,
	COLUMN_DICTIONARY_PAGE = 11,
};

enum {
	MAGIC = 4,
	MIN_FILE = MAGIC + PARQUET_TAIL,
	/* Bytes of a ColumnChunk with its required fields: bounds the number
	   of chunks, and so the memory, by the footer's size. */
	MIN_CHUNK = 7,
};

struct file {
	const char *schema;
	size_t schema_size;
	struct thrift row_groups; /* at the list's header */
	bool has_row_groups;
};

struct column {
	int64_t data_page, dictionary_page, size;
	bool has_data_page, has_dictionary_page, has_size;
};

int parquet_footer_place(const char tail[PARQUET_TAIL], int64_t file_size,
			 int64_t *ret_start)
{
	int64_t size = 0;

	if (file_size < MIN_FILE || memcmp(tail + 4, "PAR1", MAGIC) != 0)
		return -EINVAL;
	for (int i = 3; i >= 0; i--)
		size = size << 8 | (unsigned char)tail[i];
	if (size == 0 || size > PARQUET_MAX_FOOTER ||
	    size > file_size - MIN_FILE)
		return -EINVAL;
	*ret_start = file_size - PARQUET_TAIL - size;
	return 0;
}

/* Refuses a field that comes twice: which one counts is not defined. */
static int read_once(struct thrift *thrift, uint8_t type, bool *seen,
		     int64_t *ret_number)
{
	if (*seen || type != THRIFT_I64)
		return -EINVAL;
	*seen = true;
	return thrift_number(thrift, type, ret_number);
}

static int struct_list(struct thrift *thrift, struct thrift_list *ret_list)
{
	struct thrift_list list;

	if (thrift_list_header(thrift, &list) ||
	    (list.count && list.type != THRIFT_STRUCT))
		return -EINVAL;
	*ret_list = list;
	return 0;
}

/* FileMetaData: finds the schema and the row groups, and skips all fields, so
   that the footer is known to be well-formed up to its end. */
static int read_file(struct thrift thrift, struct file *ret_file)
{
	struct file file = {0};
	struct thrift_field field = {0};
	const unsigned char *start;

	for (;;) {
		if (thrift_next_field(&thrift, &field))
			return -EINVAL;
		if (field.type == THRIFT_STOP)
			break;
		start = thrift.at;
		if (field.id == FILE_ROW_GROUPS) {
			if (file.has_row_groups || field.type != THRIFT_LIST)
				return -EINVAL;
			file.row_groups = thrift;
			file.has_row_groups = true;
		}
		if (field.id == FILE_ENCRYPTION ||
		    thrift_skip(&thrift, field.type))
			return -EINVAL;
		if (field.id == FILE_SCHEMA) {
			if (file.schema || field.type != THRIFT_LIST)
				return -EINVAL;
			file.schema = (const char *)start;
			file.schema_size = (size_t)(thrift.at - start);
		}
	}
	if (!file.schema || !file.has_row_groups || thrift.at != thrift.end)
		return -EINVAL;
	*ret_file = file;
	return 0;
}

/* ColumnMetaData. */
static int read_column(struct thrift *thrift, struct column *ret_column)
{
	struct column column = {0};
	struct thrift_field field = {0};
	int r;

	for (;;) {
		if (thrift_next_field(thrift, &field))
			return -EINVAL;
		if (field.type == THRIFT_STOP)
			break;
		if (field.id == COLUMN_DATA_PAGE)
			r = read_once(thrift, field.type, &column.has_data_page,
				      &column.data_page);
		else if (field.id == COLUMN_DICTIONARY_PAGE)
			r = read_once(thrift, field.type,
				      &column.has_dictionary_page,
				      &column.dictionary_page);
		else if (field.id == COLUMN_COMPRESSED_SIZE)
			r = read_once(thrift, field.type, &column.has_size,
				      &column.size);
		else
			r = thrift_skip(thrift, field.type);
		if (r)
			return -EINVAL;
	}
	if (!column.has_data_page || !column.has_size)
		return -EINVAL;
	*ret_column = column;
	return 0;
}

/* ColumnChunk; -EINVAL when its data is in another file. */
static int read_chunk(struct thrift *thrift, struct column *ret_column)
{
	struct thrift_field field = {0};
	bool has_column = false;
	const char *path;
	size_t size;

	for (;;) {
		if (thrift_next_field(thrift, &field))
			return -EINVAL;
		if (field.type == THRIFT_STOP)
			return has_column ? 0 : -EINVAL;
		if (field.id == CHUNK_META_DATA) {
			if (has_column || field.type != THRIFT_STRUCT ||
			    read_column(thrift, ret_column))
				return -EINVAL;
			has_column = true;
		} else if (field.id == CHUNK_FILE_PATH) {
			if (field.type != THRIFT_BINARY ||
			    thrift_binary(thrift, &path, &size) || size)
				return -EINVAL;
		} else if (thrift_skip(thrift, field.type)) {
			return -EINVAL;
		}
	}
}

/* Moves to the list of columns in a RowGroup. */
static int find_columns(struct thrift *thrift, struct thrift_field *field,
			struct thrift_list *ret_columns)
{
	for (;;) {
		if (thrift_next_field(thrift, field) ||
		    field->type == THRIFT_STOP)
			return -EINVAL;
		if (field->id == ROW_GROUP_COLUMNS)
			return field->type == THRIFT_LIST
				       ? struct_list(thrift, ret_columns)
				       : -EINVAL;
		if (thrift_skip(thrift, field->type))
			return -EINVAL;
	}
}

/* Without a dictionary, some writers put its offset at 0 or at the data. A
   column without values may have a dictionary only, and its data at 0. Index
   pages are in the format, but no writer is known to write them. */
static int64_t start_of(const struct column *column)
{
	if (column->dictionary_page > 0 &&
	    (column->dictionary_page < column->data_page ||
	     column->data_page == 0))
		return column->dictionary_page;
	return column->data_page;
}

/* Omits chunks of no bytes: their offsets mean nothing. */
static int add_chunk(struct parquet_footer *footer, const struct column *column,
		     size_t row_group, size_t position, int64_t end)
{
	int64_t start = start_of(column);

	if (column->size == 0)
		return 0;
	if (start < MAGIC || column->size < 0 || column->size > end - start)
		return -EINVAL;
	footer->chunks[footer->count++] = (struct parquet_chunk){
		.start = start,
		.end = start + column->size,
		.row_group = (uint32_t)row_group,
		.column = (uint32_t)position,
	};
	return 0;
}

static int read_row_group(struct thrift *thrift, struct parquet_footer *footer,
			  size_t row_group, int64_t end)
{
	struct thrift_field field = {0};
	struct thrift_list columns;
	struct column column = {0};

	if (find_columns(thrift, &field, &columns) ||
	    columns.count != footer->columns)
		return -EINVAL;
	for (size_t i = 0; i < columns.count; i++)
		if (read_chunk(thrift, &column) ||
		    add_chunk(footer, &column, row_group, i, end))
			return -EINVAL;
	for (;;) {
		if (thrift_next_field(thrift, &field))
			return -EINVAL;
		if (field.type == THRIFT_STOP)
			return 0;
		if (field.id == ROW_GROUP_COLUMNS ||
		    thrift_skip(thrift, field.type))
			return -EINVAL;
	}
}

static int compare(const void *a, const void *b)
{
	const struct parquet_chunk *left = a, *right = b;

	return (left->start > right->start) - (left->start < right->start);
}

static bool is_sorted(const struct parquet_footer *footer)
{
	for (size_t i = 1; i < footer->count; i++)
		if (footer->chunks[i].start < footer->chunks[i - 1].start)
			return false;
	return true;
}

/* Most files have their chunks in order; only the others need qsort(3), which
   may allocate. */
static int put_in_order(struct parquet_footer *footer)
{
	if (!is_sorted(footer))
		qsort(footer->chunks, footer->count, sizeof(footer->chunks[0]),
		      compare);
	for (size_t i = 1; i < footer->count; i++)
		if (footer->chunks[i].start < footer->chunks[i - 1].end)
			return -EINVAL;
	return 0;
}

/* The number of columns of the first row group; read_row_group() checks that
   all others have as many. Refuses more chunks than the bytes can hold. */
static int measure(struct thrift thrift, struct thrift_list row_groups,
		   size_t size, size_t *ret_columns)
{
	struct thrift_field field = {0};
	struct thrift_list columns = {0};
	uint64_t chunks;

	if (row_groups.count && find_columns(&thrift, &field, &columns))
		return -EINVAL;
	chunks = (uint64_t)row_groups.count * columns.count;
	if (chunks > PARQUET_MAX_CHUNKS || chunks > size / MIN_CHUNK)
		return -EINVAL;
	*ret_columns = columns.count;
	return 0;
}

int parquet_footer_decode(const char *bytes, size_t size, int64_t file_size,
			  struct parquet_footer **ret_footer)
{
	struct parquet_footer *footer;
	struct thrift_list row_groups;
	struct file file;
	size_t columns;
	int64_t end;

	if (size == 0 || size > PARQUET_MAX_FOOTER || file_size < MIN_FILE ||
	    file_size - MIN_FILE < (int64_t)size)
		return -EINVAL;
	end = file_size - PARQUET_TAIL - (int64_t)size;
	if (read_file(thrift_begin(bytes, size), &file) ||
	    struct_list(&file.row_groups, &row_groups) ||
	    measure(file.row_groups, row_groups, size, &columns))
		return -EINVAL;

	footer = malloc(sizeof(*footer) +
			row_groups.count * columns * sizeof(footer->chunks[0]));
	if (!footer)
		return -ENOMEM;
	*footer = (struct parquet_footer){
		.schema = XXH64(file.schema, file.schema_size, 0),
		.columns = columns,
		.row_groups = row_groups.count,
	};
	for (size_t i = 0; i < footer->row_groups; i++)
		if (read_row_group(&file.row_groups, footer, i, end))
			goto not_understood;
	if (put_in_order(footer))
		goto not_understood;
	*ret_footer = footer;
	return 0;

not_understood:
	free(footer);
	return -EINVAL;
}

const struct parquet_chunk *parquet_chunk_at(
	const struct parquet_footer *footer, int64_t offset)
{
	size_t low = 0, high = footer->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (footer->chunks[middle].end <= offset)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == footer->count || footer->chunks[low].start > offset)
		return NULL;
	return &footer->chunks[low];
}
