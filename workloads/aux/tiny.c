/* SPDX-License-Identifier: MIT */
/*
 * What the exec workload runs: the least that is still an ordinary static
 * program, with the C library's start and end. Built twice: `tiny` with musl,
 * `tiny-glibc` with the machine's own C library.
 */
int main(void)
{
	return 0;
}
