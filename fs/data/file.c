/* Parts: see file.h. */

#include "file.h"

#include "caifs/clock.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { TIMEOUT_KNOWN_MS = 1000 };

int file_create(const struct data_part *part, struct data_file **ret_file)
{
	struct data_file *file = calloc(1, sizeof(*file));

	if (!file)
		return -ENOMEM;
	file->number = part->number;
	file->size = part->size;
	file->file_id = strdup(part->file_id);
	file->path = strdup(part->path);
	if (!file->file_id || !file->path) {
		file_destroy(file);
		return -ENOMEM;
	}
	*ret_file = file;
	return 0;
}

void file_destroy(struct data_file *file)
{
	table_finish(&file->table);
	free(file->file_id);
	free(file->path);
	free(file);
}

void file_gained_block(struct data_file *file)
{
	file->block_count++;
}

void file_lost_block(struct data_file *file, const struct data_block *block)
{
	int64_t page = block->key.index * (DATA_BLOCK / DATA_PAGE);

	file->block_count--;
	for (int bit = 0; bit < DATA_BLOCK / DATA_PAGE; bit++)
		if (block->valid & (1u << bit))
			file->valid_bytes -= file_page_bytes(file, page + bit);
}

bool file_is_idle(const struct data_file *file)
{
	return file->handles == 0 && file->block_count == 0 && !file->fills;
}

int file_note_version(struct data_file *file, const char *version)
{
	if (file->error)
		return file->error;
	if (!*version)
		return 0;
	if (!*file->version)
		strncpy(file->version, version, sizeof(file->version) - 1);
	else if (strcmp(file->version, version) != 0)
		file->error = -ESTALE;
	return file->error;
}

void file_note_timeout(struct data_file *file, int64_t start, int64_t end)
{
	file->timed_out.start = start;
	file->timed_out.end = end;
	file->timed_out.until_ms = clock_now_ms() + TIMEOUT_KNOWN_MS;
}

bool file_has_timed_out(const struct data_file *file, int64_t offset)
{
	return offset >= file->timed_out.start &&
	       offset < file->timed_out.end &&
	       clock_now_ms() < file->timed_out.until_ms;
}

int64_t file_page_bytes(const struct data_file *file, int64_t page)
{
	int64_t left = file->size - page * DATA_PAGE;

	if (left <= 0)
		return 0;
	return left < DATA_PAGE ? left : DATA_PAGE;
}
