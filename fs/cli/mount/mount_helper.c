/* Called by mount(8): see mount_helper.h. */

#include "mount_helper.h"

#include <stddef.h>
#include <string.h>

bool mount_helper_is(const char *program)
{
	const char *slash = program ? strrchr(program, '/') : NULL;
	const char *name = slash ? slash + 1 : program;

	return name && strncmp(name, "mount.", strlen("mount.")) == 0;
}

/* "-f", or several letters as in "-sfn". */
static bool is_cluster(const char *argument)
{
	return argument[0] == '-' && argument[1] &&
	       argument[1 + strspn(argument + 1, "sfnv")] == '\0';
}

int mount_helper_arguments(int argc, char **argv, bool *ret_fake)
{
	int left = 0;

	*ret_fake = false;
	for (int i = 0; i < argc; i++) {
		if (i > 0 && is_cluster(argv[i])) {
			*ret_fake |= strchr(argv[i], 'f') != NULL;
		} else if (i > 0 && strcmp(argv[i], "-t") == 0) {
			i++; /* the type is not needed */
		} else if (i > 0 && strcmp(argv[i], "-o") == 0 &&
			   i + 1 < argc) {
			argv[left++] = argv[i++];
			argv[left++] = argv[i];
		} else {
			argv[left++] = argv[i];
		}
	}
	argv[left] = NULL;
	return left;
}
