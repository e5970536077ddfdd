// SPDX-License-Identifier: MIT
/*
 * The rules themselves: uses and types of frames, validation, and the three MMU
 * hypercalls. An update takes the uses of the new entry before it drops those of the old
 * one, as Xen does, so an entry may be replaced by one of the same frame.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "fake_xen.h"

#include "arch/x86/platform.h"
#include "mmu/ptemap.h"

struct fake_frame *fake_frames;
unsigned long fake_mfn_first, fake_mfn_end;
mfn_t fake_kernel_root, fake_user_root;
char fake_reason[256];
unsigned long fake_writable_updates, fake_remote_flushes;
void (*fake_watch)(enum fake_event what, mfn_t mfn, unsigned index, pte_t e);
bool fake_overwrites = true;

static long refuse(const char *fmt, ...) __printf(1, 2);
static long refuse(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(fake_reason, sizeof(fake_reason), fmt, ap);
	va_end(ap);
	return -EINVAL;
}

bool fake_mfn_ok(mfn_t mfn)
{
	return mfn.v >= fake_mfn_first && mfn.v < fake_mfn_end &&
	       fake_frames[mfn.v].owner == OWNER_GUEST;
}

struct fake_frame *fake_frame(pfn_t pfn)
{
	return &fake_frames[p2m_list[pfn.v]];
}

static void watch(enum fake_event what, mfn_t mfn, unsigned index, pte_t e)
{
	if (fake_watch)
		fake_watch(what, mfn, index, e);
}

/* -- uses and types ---------------------------------------------------------------- */

static long get_type(mfn_t mfn, int type);
static void put_type(mfn_t mfn);

static long get_entry(pte_t e, int level)
{
	u64 allowed = level > 1 ? PTE_TABLE | PTE_ADDR_MASK : PTE_KERNEL | PTE_NX | PTE_ADDR_MASK;
	mfn_t mfn = pte_mfn(e);
	long rc = 0;

	if (!pte_present(e)) {
		/* Speculation may use the address even so (L1TF). */
		if (e.v && (level > 1 || mfn.v < fake_mfn_end))
			return refuse("entry %lx of level %d is not present but has an address",
				      e.v, level);
		return 0;
	}
	if (e.v & ~allowed)
		return refuse("entry %lx of level %d has bits it may not have", e.v, level);
	if (!fake_mfn_ok(mfn))
		return refuse("entry %lx of level %d points to mfn %lx, not the guest's", e.v,
			      level, mfn.v);
	if (level > 1)
		rc = get_type(mfn, level - 1);
	else if (e.v & PTE_WRITE)
		rc = get_type(mfn, TYPE_WRITABLE);
	if (!rc)
		fake_frames[mfn.v].refs++;
	return rc;
}

static void put_entry(pte_t e, int level)
{
	if (!pte_present(e))
		return;
	fake_frames[pte_mfn(e).v].refs--;
	if (level > 1 || (e.v & PTE_WRITE))
		put_type(pte_mfn(e));
}

static bool xen_slot(int level, unsigned index)
{
	return level == PT_LEVELS && index >= ROOT_USER_ENTRIES && index < ROOT_KERNEL_FIRST;
}

/* The entry with the user bit, which Xen adds. */
static pte_t adjusted(pte_t e)
{
	return pte_present(e) ? (pte_t){e.v | PTE_USER} : e;
}

static long validate(mfn_t mfn, int level)
{
	long rc = 0;
	unsigned i;

	for (i = 0; i < PT_ENTRIES; i++) {
		pte_t e = fake_read(mfn, i);

		if (xen_slot(level, i)) {
			/* Xen puts its own tables there, whatever the guest had. */
			fake_write(mfn, i,
				   pte_from_mfn(MFN(fake_mfn_end + i), PTE_PRESENT | PTE_WRITE));
			continue;
		}
		rc = get_entry(e, level);
		if (rc)
			break;
		if (adjusted(e).v != e.v)
			fake_write(mfn, i, adjusted(e));
	}
	if (rc)
		while (i--)
			if (!xen_slot(level, i))
				put_entry(fake_read(mfn, i), level);
	return rc;
}

static long get_type(mfn_t mfn, int type)
{
	struct fake_frame *f = &fake_frames[mfn.v];
	long rc;

	if (f->types && f->type != type)
		return refuse("mfn %lx (pfn %lx) is wanted as type %d and in use as %d", mfn.v,
			      hosted_m2p[mfn.v], type, f->type);
	if (f->types++)
		return 0;
	f->type = type;
	if (type == TYPE_WRITABLE)
		return 0;
	cpu_flush_frame(mfn);
	rc = validate(mfn, type);
	if (rc) {
		f->types = 0;
		f->type = TYPE_NONE;
	}
	return rc;
}

static void put_type(mfn_t mfn)
{
	struct fake_frame *f = &fake_frames[mfn.v];
	int type = f->type;

	if (!f->types)
		fake_die("mfn %lx: more uses given back than taken", mfn.v);
	if (--f->types)
		return;
	f->type = TYPE_NONE;
	if (type != TYPE_WRITABLE)
		for (unsigned i = 0; i < PT_ENTRIES; i++)
			if (!xen_slot(type, i))
				put_entry(fake_read(mfn, i), type);
}

/* -- hypercalls ---------------------------------------------------------------------- */

static long set_entry(mfn_t mfn, unsigned index, pte_t e)
{
	int level = fake_frames[mfn.v].type;
	pte_t old = fake_read(mfn, index);
	long rc;

	if (xen_slot(level, index))
		return refuse("slot %u of a root is Xen's", index);
	e = adjusted(e);
	watch(FAKE_ENTRY, mfn, index, e);
	rc = get_entry(e, level);
	if (rc)
		return rc;
	fake_write(mfn, index, e);
	put_entry(old, level);
	fake_sync_after(mfn, level, index);
	if (level > 1)
		cpu_flush_all();
	return 0;
}

static bool is_table(mfn_t mfn)
{
	struct fake_frame *f = &fake_frames[mfn.v];

	return f->types && f->type >= TYPE_L1 && f->type <= TYPE_L4;
}

static long mmu_update(u64 ptr, u64 value)
{
	mfn_t mfn = MFN(ptr >> PAGE_SHIFT);
	unsigned index = (ptr & ~PAGE_MASK) / sizeof(pte_t);
	long rc;

	if ((ptr & 7) != MMU_NORMAL_PT_UPDATE)
		return refuse("mmu_update of kind %lu", ptr & 7);
	if (!fake_mfn_ok(mfn))
		return refuse("mmu_update of mfn %lx, which is not the guest's", mfn.v);
	if (is_table(mfn))
		return set_entry(mfn, index, (pte_t){value});
	/* No table: an ordinary write, not validated. */
	watch(FAKE_ENTRY, mfn, index, (pte_t){value});
	rc = get_type(mfn, TYPE_WRITABLE);
	if (rc)
		return rc;
	fake_write(mfn, index, (pte_t){value});
	put_type(mfn);
	fake_writable_updates++;
	return 0;
}

/* Whether a flush with that mask includes this vCPU. */
static bool flush_here(const unsigned long *cpus)
{
	if (*cpus & ~1UL & ~CPU_MORE)
		fake_remote_flushes++;
	return *cpus & 1;
}

/* Users of a slot do not flush, so a change of the slot's mapping must. */
static void check_slot_flush(unsigned long va, pte_t old, pte_t new)
{
	if (!pte_in_slot((pte_t *)va) || !pte_present(old))
		return;
	if (pte_mfn(old).v != pte_mfn(new).v || ((old.v & ~new.v) & PTE_WRITE))
		fake_die("the slot at %lx changes from %lx to %lx without a flush", va, old.v,
			 new.v);
}

static long update_va_mapping(unsigned long va, u64 value, unsigned long flags)
{
	unsigned long to = flags & ~UVMF_FLUSHTYPE_MASK;
	unsigned index;
	pte_t old;
	mfn_t l1;
	long rc;

	if (!fake_find_l1(va, &l1, &index))
		return refuse("no pte page for va %lx in the loaded tables", va);
	if (fake_frames[l1.v].type != TYPE_L1 || !fake_frames[l1.v].types)
		return refuse("the table of va %lx is not in use as a pte page", va);
	old = fake_read(l1, index);
	rc = set_entry(l1, index, (pte_t){value});
	if (rc)
		return rc;
	if ((flags & UVMF_FLUSHTYPE_MASK) == UVMF_NONE)
		check_slot_flush(va, old, (pte_t){value});
	switch (flags & UVMF_FLUSHTYPE_MASK) {
	case UVMF_NONE: return 0;
	case UVMF_INVLPG:
		if (to == UVMF_LOCAL || to == UVMF_ALL || flush_here((unsigned long *)to))
			cpu_flush_page(va);
		return 0;
	case UVMF_TLB_FLUSH: cpu_flush_all(); return 0;
	default: return refuse("update_va_mapping with flags %lx", flags);
	}
}

static long get_root(mfn_t mfn, int level)
{
	long rc;

	if (!fake_mfn_ok(mfn))
		return refuse("root mfn %lx is not the guest's", mfn.v);
	rc = get_type(mfn, level);
	if (!rc)
		fake_frames[mfn.v].refs++;
	return rc;
}

static void put_root(mfn_t mfn)
{
	if (!mfn.v)
		return;
	fake_frames[mfn.v].refs--;
	put_type(mfn);
}

long fake_pin(int level, mfn_t mfn)
{
	long rc = get_root(mfn, level);

	if (rc)
		return rc;
	if (fake_frames[mfn.v].pinned) {
		put_root(mfn);
		return refuse("mfn %lx is pinned already", mfn.v);
	}
	fake_frames[mfn.v].pinned = true;
	return 0;
}

static long unpin(mfn_t mfn)
{
	if (!fake_mfn_ok(mfn))
		return refuse("unpin of mfn %lx, which is not the guest's", mfn.v);
	if (!fake_frames[mfn.v].pinned)
		return refuse("unpin of mfn %lx, which is not pinned", mfn.v);
	fake_frames[mfn.v].pinned = false;
	put_root(mfn);
	return 0;
}

long fake_load_root(mfn_t mfn)
{
	mfn_t old = fake_kernel_root;
	long rc;

	cpu_flush_all();
	if (old.v == mfn.v)
		return 0;
	rc = get_root(mfn, TYPE_L4);
	if (rc)
		return rc;
	for (unsigned i = ROOT_KERNEL_FIRST; old.v && i < PT_ENTRIES; i++)
		if (pte_mfn(fake_read(old, i)).v != pte_mfn(fake_read(mfn, i)).v)
			fake_die("the new root's kernel part differs in slot %u", i);
	if (old.v && fake_frames[old.v].kernel_part)
		fake_frames[mfn.v].kernel_part = true;
	fake_kernel_root = mfn;
	put_root(old);
	return 0;
}

static long load_user_root(mfn_t mfn)
{
	mfn_t old = fake_user_root;
	long rc = 0;

	if (old.v == mfn.v)
		return 0;
	if (mfn.v)
		rc = get_root(mfn, TYPE_L4);
	if (rc)
		return rc;
	fake_user_root = mfn;
	put_root(old);
	cpu_flush_all();
	return 0;
}

static long mmuext(const struct mmuext_op *op)
{
	switch (op->cmd) {
	case MMUEXT_PIN_L1_TABLE:
	case MMUEXT_PIN_L2_TABLE:
	case MMUEXT_PIN_L3_TABLE:
	case MMUEXT_PIN_L4_TABLE:
		watch(FAKE_PIN, MFN(op->arg1.mfn), 0, (pte_t){0});
		return fake_pin((int)op->cmd + 1, MFN(op->arg1.mfn));
	case MMUEXT_UNPIN_TABLE:
		watch(FAKE_UNPIN, MFN(op->arg1.mfn), 0, (pte_t){0});
		return unpin(MFN(op->arg1.mfn));
	case MMUEXT_NEW_BASEPTR: return fake_load_root(MFN(op->arg1.mfn));
	case MMUEXT_NEW_USER_BASEPTR: return load_user_root(MFN(op->arg1.mfn));
	case MMUEXT_TLB_FLUSH_MULTI:
		if (!flush_here(op->arg2.vcpumask.p))
			return 0;
		/* fallthrough */
	case MMUEXT_TLB_FLUSH_LOCAL:
	case MMUEXT_TLB_FLUSH_ALL: cpu_flush_all(); return 0;
	case MMUEXT_INVLPG_MULTI:
		if (!flush_here(op->arg2.vcpumask.p))
			return 0;
		/* fallthrough */
	case MMUEXT_INVLPG_LOCAL:
	case MMUEXT_INVLPG_ALL: cpu_flush_page(op->arg1.linear_addr); return 0;
	default: return refuse("mmuext operation %u", op->cmd);
	}
}

/* The mapping of the page that contains the entry. */
static pte_t mapping_of(const pte_t *ptep)
{
	unsigned index;
	mfn_t l1;

	if (!fake_find_l1((unsigned long)ptep, &l1, &index))
		fake_die("a store to %p, which is not mapped", (const void *)ptep);
	return fake_read(l1, index);
}

void hosted_store(pte_t *ptep, pte_t e)
{
	mfn_t mfn = pte_mfn(mapping_of(ptep));
	pfn_t pfn = mfn_to_pfn(mfn);

	fake_reason[0] = '\0';
	if (!fake_frames[mfn.v].types || fake_frames[mfn.v].type != TYPE_L1)
		fake_die("a store to pfn %lx, no pte page: a fault that Xen does not emulate",
			 pfn.v);
	if (set_entry(mfn, ((unsigned long)ptep & ~PAGE_MASK) / sizeof(pte_t), e))
		fake_die("Xen refused an emulated store: %s", fake_reason);
}

void hosted_clear_bits(pte_t *ptep, u64 bits)
{
	pte_t e = {ptep->v & ~bits};

	if (mapping_of(ptep).v & PTE_WRITE)
		*ptep = e;
	else
		hosted_store(ptep, e);
}

/* Like a debug build of Xen, overwrites everything of a call except its result, unless disabled. */
static long multicall(struct multicall_entry *list, unsigned long n)
{
	for (unsigned long i = 0; i < n; i++) {
		struct multicall_entry e = list[i];

		if (e.op == __HYPERVISOR_multicall)
			return refuse("a multicall in a multicall");
		if (fake_overwrites)
			memset(&list[i], 0xaa, sizeof(e));
		list[i].result = (unsigned long)hosted_hypercall((unsigned)e.op, e.args[0],
								 e.args[1], e.args[2], e.args[3]);
	}
	return 0;
}

long hosted_hypercall(unsigned nr, unsigned long a1, unsigned long a2, unsigned long a3,
		      unsigned long a4)
{
	long rc = 0;

	fake_reason[0] = '\0';
	switch (nr) {
	case __HYPERVISOR_mmu_update:
	case __HYPERVISOR_mmuext_op:
		if (a4 != DOMID_SELF)
			return refuse("domain %lu is not us", a4);
		for (unsigned long i = 0; i < a2 && !rc; i++) {
			if (nr == __HYPERVISOR_mmuext_op) {
				rc = mmuext(&((struct mmuext_op *)a1)[i]);
			} else {
				const struct mmu_update *u = &((struct mmu_update *)a1)[i];

				rc = mmu_update(u->ptr, u->val);
			}
		}
		return rc;
	case __HYPERVISOR_update_va_mapping: return update_va_mapping(a1, a2, a3);
	case __HYPERVISOR_domctl: return fake_domctl(a1);
	case __HYPERVISOR_multicall: return multicall((struct multicall_entry *)a1, a2);
	default: return fake_other_hypercall(nr, a1, a2, a3);
	}
}
