/* caifs: which command it is. */

#include "mount_command.h"
#include "settings.h"
#include "usage.h"

int main(int argc, char **argv)
{
	struct settings settings;
	int status;

	secret_harden_process();
	if (settings_read(&settings, argc, argv)) {
		status = 2;
	} else if (settings.help) {
		usage_print();
		status = 0;
	} else if (settings.version) {
		version_print();
		status = 0;
	} else if (settings_check(&settings)) {
		status = 2;
	} else {
		status = mount_command(&settings);
	}
	settings_finish(&settings);
	return status;
}
