/* What is written to stderr or stdout: see stderr_text.h. */

#include "stderr_text.h"

#include "test.h"

#include <sys/mman.h>
#include <unistd.h>

enum { TEXT_MAX = 16384 };

struct capture {
	int file, saved;
	char text[TEXT_MAX];
};

static struct capture of_stderr, of_stdout;

static void begin(struct capture *c, FILE *stream)
{
	fflush(stream);
	c->file = memfd_create("capture", MFD_CLOEXEC);
	c->saved = dup(fileno(stream));
	if (c->file < 0 || c->saved < 0 || dup2(c->file, fileno(stream)) < 0)
		abort();
}

static const char *end(struct capture *c, FILE *stream)
{
	ssize_t size;

	fflush(stream);
	if (dup2(c->saved, fileno(stream)) < 0)
		abort();
	size = pread(c->file, c->text, sizeof(c->text) - 1, 0);
	if (size < 0)
		abort();
	c->text[size] = '\0';
	close(c->saved);
	close(c->file);
	return c->text;
}

void stderr_text_begin(void)
{
	begin(&of_stderr, stderr);
}

const char *stderr_text_end(void)
{
	return end(&of_stderr, stderr);
}

void stdout_text_begin(void)
{
	begin(&of_stdout, stdout);
}

const char *stdout_text_end(void)
{
	return end(&of_stdout, stdout);
}

void assert_one_line(const char *line, ...)
{
	size_t length = strlen(line);
	const char *word;
	va_list words;

	if (strncmp(line, "caifs: ", 7) != 0 || line[length - 1] != '\n' ||
	    strchr(line, '\n') != line + length - 1)
		fail_msg("no line of ours: \"%s\"", line);
	va_start(words, line);
	while ((word = va_arg(words, const char *)))
		if (!strstr(line, word))
			fail_msg("no \"%s\" in: %s", word, line);
	va_end(words);
}
