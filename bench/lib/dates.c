// SPDX-License-Identifier: MIT
#include "dates.h"

#include <string.h>

static const char shape[] = "0000-00-00T00:00:00Z";

#define DAY_LENGTH  10
#define TIME_LENGTH (sizeof(shape) - 1)

static bool has_shape(const char *text, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (shape[i] == '0' ? text[i] < '0' || text[i] > '9' : text[i] != shape[i])
			return false;
	return true;
}

static int number_at(const char *text, size_t at, size_t digits)
{
	int v = 0;

	for (size_t i = at; i < at + digits; i++)
		v = 10 * v + (text[i] - '0');
	return v;
}

static bool is_leap(int year)
{
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static int days_of_month(int year, int month)
{
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

	return days[month - 1] + (month == 2 && is_leap(year));
}

bool is_day(const char *text, size_t n)
{
	int month, day;

	if (n != DAY_LENGTH || !has_shape(text, n))
		return false;
	month = number_at(text, 5, 2);
	day = number_at(text, 8, 2);
	return month >= 1 && month <= 12 && day >= 1 &&
	       day <= days_of_month(number_at(text, 0, 4), month);
}

bool is_time(const char *text, size_t n)
{
	return n == TIME_LENGTH && has_shape(text, n) && is_day(text, DAY_LENGTH) &&
	       number_at(text, 11, 2) < 24 && number_at(text, 14, 2) < 60 &&
	       number_at(text, 17, 2) < 60;
}

/* Days from 1970 on, negative before. */
static long long days_since_1970(int year, int month, int day)
{
	long long days = day - 1;

	for (int m = 1; m < month; m++)
		days += days_of_month(year, m);
	for (int y = 1970; y < year; y++)
		days += 365 + is_leap(y);
	for (int y = year; y < 1970; y++)
		days -= 365 + is_leap(y);
	return days;
}

bool time_seconds(const char *text, long long *seconds)
{
	if (!is_time(text, strlen(text)))
		return false;
	*seconds = days_since_1970(number_at(text, 0, 4), number_at(text, 5, 2),
				   number_at(text, 8, 2)) *
			   86400 +
		   number_at(text, 11, 2) * 3600 + number_at(text, 14, 2) * 60 +
		   number_at(text, 17, 2);
	return true;
}
