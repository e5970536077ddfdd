/* SPDX-License-Identifier: MIT */
/*
 * Page ageing: what a kernel that has to choose pages to evict does to find out
 * which are in use. The processor sets the accessed bit of an entry when it
 * takes the entry into its TLB; who clears it, and finds it set again later, knows
 * that the page was used. Nothing is evicted here. The work is there for what
 * it does to page tables: entries of any process are written, at any time.
 */
#ifndef MM_AGEING_H
#define MM_AGEING_H

/*
 * Goes on from where the last call ended, round and round through all frames, and
 * clears the accessed bit in all entries that map anonymous ones, up to 64 of these
 * or 4096 frames. One caller at a time.
 */
void ageing_step(void);

#endif
