/* The cache's file of one part: see part_file.h. */

#include "part_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <xxhash.h>

#include "caifs/buffer.h"

enum {
	HEADER_SIZE = 4096,
	FORMAT = 1,
	WRITE_PAGES = 256, /* entries of one write */
};

/* Padded with zeros up to the checksum. In the byte order of the machine: one
   of the other order finds the file damaged. */
struct header {
	uint64_t magic;
	uint32_t format, page_size;
	uint64_t scope;
	int64_t size;
	uint16_t id_length, path_length, version_length, zero[5];
	char text[HEADER_SIZE - 64];
	uint64_t check_low, check_high;
};

_Static_assert(sizeof(struct header) == HEADER_SIZE, "header");

static const uint64_t MAGIC = UINT64_C(0x7472617073666961); /* "aifspart" */

int part_key_make(uint64_t scope, const struct source_range *range,
		  struct part_key *ret_key)
{
	struct buffer text;
	int err;

	buffer_init(&text, 1 << 20);
	err = buffer_append(&text, &scope, sizeof(scope));
	if (!err)
		err = buffer_append(&text, &range->file_size,
				    sizeof(range->file_size));
	if (!err)
		err = buffer_append(&text, range->file_id,
				    strlen(range->file_id) + 1);
	if (!err)
		err = buffer_append_text(&text, range->path);
	if (!err) {
		*ret_key = (struct part_key){
			.scope = scope,
			.file_id = range->file_id,
			.path = range->path,
			.size = range->file_size,
		};
		directory_name(text.data, text.size, ".part", ret_key->name);
	}
	buffer_finish(&text);
	return err;
}

/* --- The header --- */

static int make_header(const struct part_key *key, const char *version,
		       struct header *header)
{
	size_t id = strlen(key->file_id), path = strlen(key->path);
	size_t length = strlen(version);
	XXH128_hash_t check;

	if (id + path + length > sizeof(header->text) ||
	    length >= SOURCE_VERSION_SIZE)
		return -EMSGSIZE;
	*header = (struct header){
		.magic = MAGIC,
		.format = FORMAT,
		.page_size = PART_FILE_PAGE,
		.scope = key->scope,
		.size = key->size,
		.id_length = (uint16_t)id,
		.path_length = (uint16_t)path,
		.version_length = (uint16_t)length,
	};
	memcpy(header->text, key->file_id, id);
	memcpy(header->text + id, key->path, path);
	memcpy(header->text + id + path, version, length);
	check = XXH3_128bits(header, offsetof(struct header, check_low));
	header->check_low = check.low64;
	header->check_high = check.high64;
	return 0;
}

static void make_file(const struct part_key *key, const char *version,
		      const struct header *header, int fd,
		      struct part_file *file)
{
	*file = (struct part_file){
		.fd = fd,
		.size = key->size,
		.seed = header->check_low ^ header->check_high,
	};
	strcpy(file->version, version);
}

/* The header must be, byte for byte, what make_header() makes. */
static int check_header(const struct part_key *key, const struct header *header,
			int fd, struct part_file *ret_file)
{
	char version[SOURCE_VERSION_SIZE] = "";
	size_t before = (size_t)header->id_length + header->path_length;
	struct header wanted;

	if (header->version_length >= sizeof(version) ||
	    before + header->version_length > sizeof(header->text))
		return -EBADMSG;
	memcpy(version, header->text + before, header->version_length);
	if (make_header(key, version, &wanted) ||
	    memcmp(&wanted, header, sizeof(wanted)) != 0)
		return -EBADMSG;
	make_file(key, version, header, fd, ret_file);
	return 0;
}

int part_file_open(int directory, const struct part_key *key,
		   struct part_file *ret_file)
{
	struct header header;
	ssize_t got;
	int fd, err;

	err = directory_open_file(directory, key->name, O_RDWR, &fd);
	if (err == -EACCES || err == -EROFS)
		err = directory_open_file(directory, key->name, O_RDONLY, &fd);
	if (err)
		return err == -ELOOP || err == -EISDIR ? -EBADMSG : err;
	got = pread(fd, &header, sizeof(header), 0);
	err = got < 0 ? -errno : 0;
	if (!err)
		err = got == sizeof(header)
			      ? check_header(key, &header, fd, ret_file)
			      : -EBADMSG;
	if (err)
		close(fd);
	return err;
}

static int write_all(int fd, const void *bytes, size_t size, int64_t at)
{
	const char *from = bytes;

	while (size) {
		ssize_t done = pwrite(fd, from, size, at);

		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0)
			return done ? -errno : -EIO;
		from += done;
		size -= (size_t)done;
		at += done;
	}
	return 0;
}

int part_file_create(int directory, const struct part_key *key,
		     const char *version, struct part_file *ret_file)
{
	struct directory_new new;
	struct header header;
	int fd, err = make_header(key, version, &header);

	if (!err)
		err = directory_begin(directory, key->name, &new);
	if (err)
		return err;
	err = write_all(new.file, &header, sizeof(header), 0);
	if (err) {
		directory_abandon(&new);
		return err;
	}
	err = directory_commit(&new, key->name, false, &fd);
	if (!err)
		make_file(key, version, &header, fd, ret_file);
	return err;
}

bool part_file_is_gone(const struct part_file *file)
{
	struct stat st;

	return fstat(file->fd, &st) || st.st_nlink == 0;
}

void part_file_touch(const struct part_file *file)
{
	futimens(file->fd, NULL);
}

/* --- Pages --- */

static int64_t pages_of(const struct part_file *file)
{
	return (file->size + PART_FILE_PAGE - 1) / PART_FILE_PAGE;
}

static int64_t place_of_entry(int64_t page)
{
	return HEADER_SIZE + page * (int64_t)sizeof(struct page_entry);
}

static int64_t place_of_page(const struct part_file *file, int64_t page)
{
	int64_t end = place_of_entry(pages_of(file));

	end += -end & (PART_FILE_PAGE - 1);
	return end + page * PART_FILE_PAGE;
}

static size_t length_of_page(const struct part_file *file, int64_t page)
{
	int64_t left = file->size - page * PART_FILE_PAGE;

	return left < PART_FILE_PAGE ? (size_t)left : PART_FILE_PAGE;
}

static struct page_entry entry_for(const struct part_file *file, int64_t page,
				   const char *bytes)
{
	uint64_t seed =
		file->seed + (uint64_t)page * UINT64_C(0x9e3779b97f4a7c15);
	XXH128_hash_t hash =
		XXH3_128bits_withSeed(bytes, length_of_page(file, page), seed);
	struct page_entry entry = {hash.low64, hash.high64};

	if (!page_entry_is_set(&entry))
		entry.low = 1;
	return entry;
}

/* Bytes past the end of the file read as zeros. */
static int read_all(int fd, void *bytes, size_t size, int64_t at)
{
	char *to = bytes;

	while (size) {
		ssize_t got = pread(fd, to, size, at);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -errno;
		if (got == 0) {
			memset(to, 0, size);
			break;
		}
		to += got;
		size -= (size_t)got;
		at += got;
	}
	return 0;
}

int part_file_read_entries(const struct part_file *file, int64_t first,
			   size_t count, struct page_entry *entries)
{
	return read_all(file->fd, entries, count * sizeof(*entries),
			place_of_entry(first));
}

size_t part_file_read(const struct part_file *file, int64_t first, size_t count,
		      const struct page_entry *entries, char *bytes)
{
	int64_t last = first + (int64_t)count - 1;
	size_t size = (count - 1) * PART_FILE_PAGE + length_of_page(file, last);

	if (read_all(file->fd, bytes, size, place_of_page(file, first)))
		return 0;
	for (size_t i = 0; i < count; i++) {
		struct page_entry entry = entry_for(file, first + (int64_t)i,
						    bytes + i * PART_FILE_PAGE);

		if (entry.low != entries[i].low ||
		    entry.high != entries[i].high)
			return i;
	}
	return count;
}

int part_file_write(const struct part_file *file, int64_t first,
		    const char *bytes, size_t size)
{
	struct page_entry entries[WRITE_PAGES];
	int err = write_all(file->fd, bytes, size, place_of_page(file, first));

	while (!err && size) {
		size_t count = 0, length = 0;

		for (; count < WRITE_PAGES && length < size; count++) {
			int64_t page = first + (int64_t)count;

			entries[count] = entry_for(file, page, bytes + length);
			length += length_of_page(file, page);
		}
		err = write_all(file->fd, entries, count * sizeof(*entries),
				place_of_entry(first));
		first += (int64_t)count;
		bytes += length;
		size -= length;
	}
	return err;
}

void part_file_drop_page(const struct part_file *file, int64_t page)
{
	static const struct page_entry none;

	/* If this fails, the page is found damaged again. */
	(void)!pwrite(file->fd, &none, sizeof(none), place_of_entry(page));
}
