#ifndef CAIFS_CLI_USAGE_H
#define CAIFS_CLI_USAGE_H

/* What --help and --version print, on stdout. */
void usage_print(void);
void usage_print_export(void);
void version_print(void);

#endif
