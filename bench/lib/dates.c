// SPDX-License-Identifier: MIT
#include "dates.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "text.h"

#define DAY_LENGTH  10
#define TIME_LENGTH 20

/* A date exists if it comes back from the calendar as it was written. */
static bool read_date(const char *text, size_t n, time_t *seconds)
{
	char written[TIME_LENGTH + 1] = "", again[80];
	struct tm t = {0};

	memcpy(written, text, n);
	sscanf(written, "%4d-%2d-%2dT%2d:%2d:%2d", &t.tm_year, &t.tm_mon, &t.tm_mday, &t.tm_hour,
	       &t.tm_min, &t.tm_sec);
	t.tm_year -= 1900;
	t.tm_mon--;
	*seconds = timegm(&t);
	gmtime_r(seconds, &t);
	snprintf(again, sizeof(again), "%04d-%02d-%02dT%02d:%02d:%02dZ", t.tm_year + 1900,
		 t.tm_mon + 1, t.tm_mday, t.tm_hour, t.tm_min, t.tm_sec);
	return strncmp(written, again, n) == 0;
}

bool is_day(const char *text, size_t n)
{
	time_t seconds;

	return n == DAY_LENGTH && read_date(text, n, &seconds);
}

bool is_time(const char *text, size_t n)
{
	time_t seconds;

	return n == TIME_LENGTH && read_date(text, n, &seconds);
}

bool time_seconds(const char *text, long long *seconds)
{
	time_t t;
	bool exists = strlen(text) == TIME_LENGTH && read_date(text, TIME_LENGTH, &t);

	if (exists)
		*seconds = t;
	return exists;
}

char *time_now(const char *format)
{
	time_t now = time(NULL);
	char text[64];
	struct tm tm;

	gmtime_r(&now, &tm);
	strftime(text, sizeof(text), format, &tm);
	return xstrdup(text);
}
