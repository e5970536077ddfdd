/* SPDX-License-Identifier: MIT */
/*
 * Page ageing: how a kernel that must choose pages to evict finds out which are in use.
 * The processor sets the accessed bit of an entry when it loads the entry into its TLB. If
 * the kernel clears the bit and finds it set again later, the page was used. No page is
 * evicted here. The work is done for its effect on page tables: entries of any process are
 * written, at any time.
 */
#ifndef MM_AGEING_H
#define MM_AGEING_H

/*
 * Continues where the last call ended, in a circle through all frames. Clears the accessed
 * bit in all entries that map anonymous frames, up to 64 of these or 4096 frames of any
 * kind. One caller at a time.
 */
void ageing_step(void);

#endif
