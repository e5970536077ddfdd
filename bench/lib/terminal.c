// SPDX-License-Identifier: MIT
#include "terminal.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define NARROWEST 40
#define WIDEST	  500

bool terminal_has_colours(int fd)
{
	const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");

	return isatty(fd) && !(no_color && *no_color) && term && *term && strcmp(term, "dumb") != 0;
}

unsigned terminal_columns(int fd)
{
	const char *told = getenv("COLUMNS");
	struct winsize size;
	long n = told ? strtol(told, NULL, 10) : 0;

	if (ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col)
		n = size.ws_col;
	n = n > 0 ? n : 80;
	return (unsigned)(n < NARROWEST ? NARROWEST : n > WIDEST ? WIDEST : n);
}
