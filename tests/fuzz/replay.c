/* Gives the files in the named directories to a fuzz target, one after the
   other: what the fuzzer does with a corpus at first, for compilers that have
   no fuzzer. */

#include <dirent.h>

#include "fuzz.h"

enum { MAX_BYTES = 1024 * 1024 };

static void replay_file(const char *path)
{
	static uint8_t bytes[MAX_BYTES];
	FILE *file = fopen(path, "rb");
	uint8_t *exact;
	size_t size;

	if (!file) {
		perror(path);
		exit(EXIT_FAILURE);
	}
	size = fread(bytes, 1, sizeof(bytes), file);
	fclose(file);
	/* Just as long as they are, for the sanitizers. */
	exact = malloc(size ? size : 1);
	REQUIRE(exact);
	memcpy(exact, bytes, size);
	/* Said before, so that it is the last word where it fails. */
	printf("%s\n", path);
	fflush(stdout);
	LLVMFuzzerTestOneInput(exact, size);
	free(exact);
}

static size_t replay_directory(const char *path)
{
	struct dirent **entries;
	int count = scandir(path, &entries, NULL, alphasort);
	size_t files = 0;

	if (count < 0) {
		perror(path);
		exit(EXIT_FAILURE);
	}
	for (int i = 0; i < count; i++) {
		char name[4096];

		snprintf(name, sizeof(name), "%s/%s", path, entries[i]->d_name);
		if (entries[i]->d_name[0] != '.') {
			replay_file(name);
			files++;
		}
		free(entries[i]);
	}
	free(entries);
	return files;
}

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		if (replay_directory(argv[i]) == 0) {
			fprintf(stderr, "%s: empty\n", argv[i]);
			return EXIT_FAILURE;
		}
	LLVMFuzzerTestOneInput((const uint8_t *)"", 0);
	return argc > 1 ? EXIT_SUCCESS : EXIT_FAILURE;
}
