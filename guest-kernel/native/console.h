/* SPDX-License-Identifier: MIT */
#ifndef NATIVE_CONSOLE_H
#define NATIVE_CONSOLE_H

/* Makes platform_console_write() work. */
void console_init(void);

#endif
