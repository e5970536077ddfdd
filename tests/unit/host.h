/* SPDX-License-Identifier: MIT */
/* Every unit test of the host program includes this first: cmocka, without its word "fail". */
#ifndef PVMMU_TESTS_UNIT_HOST_H
#define PVMMU_TESTS_UNIT_HOST_H

/* cmocka.h wants these before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <cmocka.h>

/* bench/lib/text.h has a function of that name. */
#undef fail
#undef fail_msg
#define fail_msg(...) (print_error(__VA_ARGS__), assert_true(false))

#endif
