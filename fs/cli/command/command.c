/* What commands have in common: see command.h. */

#include "command.h"

#include "usage.h"

int command_prepare(struct settings *settings, enum settings_words words,
		    int argc, char **argv, void (*usage)(void))
{
	if (settings_read(settings, words, argc, argv))
		return 2;
	if (settings->help) {
		usage();
		return 0;
	}
	if (settings->version) {
		version_print();
		return 0;
	}
	return settings_check(settings) ? 2 : COMMAND_GO_ON;
}
