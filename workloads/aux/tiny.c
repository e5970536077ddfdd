/* SPDX-License-Identifier: MIT */
/*
 * The program that the exec workload runs: a minimal ordinary static program, with the C
 * library's start and end. It is built twice: `tiny` with musl, `tiny-glibc` with the
 * machine's own C library.
 */
int main(void)
{
	return 0;
}
