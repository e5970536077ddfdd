# SPDX-License-Identifier: MIT
# Unit tests of the guest kernel's machine-independent code, compiled for the host with sanitizers
# and run on a fake hypervisor (tests/unit/fake_xen.h).
#
#	build/test-unit/guest_NAME.VARIANT	tests that depend on the policy, once per variant under Xen,
#						and once per combination of axes in UNIT_GUEST_CUSTOM
#	build/test-unit/guest_NAME		tests that do not, or are for one policy
#	build/test-unit/guest_mutant.VARIANT+MUTANT

UNIT_GUEST_DIR    := $(BUILD)/unit-guest
UNIT_GUEST_BIN    := $(BUILD)/test-unit
UNIT_GUEST_EACH   := mmu space fault rmap memory mutant random self vmalloc batch lazy
UNIT_GUEST_ONCE   := fake setup alloc walk lib boot vmap elf
# Policies that are no variant: batches of one, so that all is queued and nothing waits, of two, and the longest;
# split locks without batches; batches without pins; pte pages without mapping on other policies.
# unit_spec_NAME says what NAME is.
UNIT_GUEST_CUSTOM    := depth1 depth2 depth128 splitoff nopinbatch highva highnopin highstore
unit_spec_depth1     := custom:update=mmu/va,batch=multicall,depth=1,ptl=split
unit_spec_depth2     := custom:update=mmu,batch=multicall,depth=2
unit_spec_depth128   := custom:update=va,batch=multicall,depth=128
unit_spec_splitoff   := custom:ptl=split
unit_spec_nopinbatch := custom:pin=none,update=mmu/va,batch=multicall,depth=8,ptl=split
unit_spec_highva     := custom:pte=high
unit_spec_highnopin  := custom:pin=none,pte=high
unit_spec_highstore  := custom:update=emulate,ptl=split,pte=high
# Which mutant is to be noticed on which variant; like images, not all of them on all.
UNIT_GUEST_MUTANT := $(foreach m,leave_pte_rw leave_root_rw leak_page skip_propagation join_writable,nopin+$(m) eager+$(m)) \
	$(addprefix eager+,skip_unpin pin_first keep_protected no_pin_lock fault_no_lock skip_twin \
		fork_no_flush zap_no_flush protect_no_flush move_no_flush move_no_rmap) \
	$(addprefix batched+,skip_twin zap_no_flush release_early trust_queue move_no_flush) \
	$(addprefix splitptl+,skip_pte_unpin unlock_early wrong_lock no_pin_lock fault_no_lock) \
	highpte+keep_stray highpte+slot_rw
UNIT_GUEST_TASK_MUTANT := nopin+leak_space eager+leak_space
# Without user.c, whose moves need the entry code's exception table.
UNIT_GUEST_SRC    := $(sort $(filter-out %/user.c,$(wildcard guest-kernel/mm/*.c guest-kernel/mmu/*.c)) \
	guest-kernel/arch/x86/smp.c guest-kernel/lib/bug.c guest-kernel/lib/print.c guest-kernel/lib/string.c guest-kernel/lib/format.c \
	guest-kernel/sys/initramfs.c guest-kernel/sys/node.c guest-kernel/xen/console.c guest-kernel/xen/multicall.c \
	$(addprefix guest-kernel/proc/,options.c elf.c script.c start_stack.c) \
	guest-kernel/xen/frame_types.c)
UNIT_GUEST_TASK   := $(addprefix guest-kernel/proc/,task.c exit.c reap.c stop.c signal.c futex.c wait.c timer.c itimer.c \
	limits.c group_exec.c usage.c) guest-kernel/arch/x86/sigframe.c $(addprefix guest-kernel/sys/,file.c fdtable.c path.c pipe.c poll.c)
# FILE:MUTANT for each place that a mutant changes. Only these files are compiled for it, or, if it is
# a header, the MMU layer's own; the rest is the variant's.
UNIT_GUEST_MUTATIONS := $(shell LC_ALL=C grep -roE 'mutant\([a-z_]+\)' guest-kernel | tr -d '()' | sed 's/:mutant/:/' | sort -u)
unit_guest_changes = $(patsubst %:$(1),%,$(filter %:$(1),$(UNIT_GUEST_MUTATIONS)))
unit_guest_changed = $(filter $(if $(filter %.h,$(call unit_guest_changes,$(1))),guest-kernel/mmu/%.c, \
	$(call unit_guest_changes,$(1))),$(UNIT_GUEST_SRC))
# Files that do not depend on the policy are compiled once, without it: a new dependency fails to compile.
UNIT_GUEST_PLAIN  := $(patsubst %,guest-kernel/%.c,arch/x86/sigframe arch/x86/smp lib/bug lib/format lib/print lib/string \
	mm/vmap_tree proc/group_exec proc/options proc/reap proc/stop proc/timer proc/usage proc/wait xen/console)
UNIT_GUEST_WORLD  := fake_xen fake_direct fake_builder fake_cpu fake_domctl guest_world guest_locks guest_audit

# Lines are all that a report of the sanitizers needs: a quarter less to compile than with all of -g.
UNIT_GUEST_CFLAGS := -std=gnu11 -D_GNU_SOURCE -O1 -g1 -fno-omit-frame-pointer -fsanitize=address,undefined \
	-fno-sanitize-recover=all -fno-strict-aliasing $(WARNINGS) -Werror $(PREFIX_MAP) \
	-DPVMMU_HOSTED -Iguest-kernel -I. -Itests/unit
UNIT_GUEST_LDFLAGS := -Wl,--wrap=mm_alloc,--wrap=mm_alloc_child,--wrap=mm_put
# The world's own stand before these; see guest_world.c.
UNIT_GUEST_RENAME_page    := page_alloc page_alloc_zeroed page_alloc_high page_free pages_alloc
UNIT_GUEST_RENAME_kmalloc := kmalloc kzalloc kfree
UNIT_GUEST_RENAME_task    := current_mm
# Beside the C library's, which the sanitizers know.
UNIT_GUEST_RENAME_string  := memcpy memmove memset memcmp strlen strcmp strncmp strchr
UNIT_GUEST_RENAME_format  := vsnprintf snprintf strlen
unit_guest_rename = $(foreach s,$(UNIT_GUEST_RENAME_$(1)),-D$(s)=real_$(s))

$(UNIT_GUEST_DIR)/any/%.o: guest-kernel/%.c mk/unit-guest.mk
	@mkdir -p $(@D)
	$(call say,CC,$@)
	$(Q)$(unit_guest_cc)

# $(1): variant or variant+mutant
unit_guest_cc = $(CC) $(UNIT_GUEST_CFLAGS) $(call unit_guest_rename,$(notdir $*)) \
	$(if $(filter lib/string lib/format,$*),-fno-builtin) -MMD -MP -c -o $@ $<
define unit_guest_objects
$(UNIT_GUEST_DIR)/$(1)/%.o: guest-kernel/%.c $(guest_dir)/gen/variant.h mk/unit-guest.mk
	@mkdir -p $$(@D)
	$$(call say,CC,$$@)
	$$(Q)$$(unit_guest_cc) -I$(guest_dir)/gen

$(UNIT_GUEST_DIR)/$(1)/%.o: tests/unit/%.c $(guest_dir)/gen/variant.h mk/unit-guest.mk
	@mkdir -p $$(@D)
	$$(call say,CC,$$@)
	$$(Q)$(CC) $$(UNIT_GUEST_CFLAGS) -I$(guest_dir)/gen -MMD -MP -c -o $$@ $$<
endef
UNIT_GUEST_MUTANTS := $(UNIT_GUEST_MUTANT) $(UNIT_GUEST_TASK_MUTANT)
UNIT_GUEST_VARIANTS := $(XEN_VARIANTS) $(UNIT_GUEST_CUSTOM)
$(foreach n,$(UNIT_GUEST_VARIANTS) $(UNIT_GUEST_MUTANTS),$(eval $(call unit_guest_objects,$(n))))
# Those of which no image is made.
$(foreach n,$(filter-out $(MUTANT_IMAGES),$(UNIT_GUEST_MUTANTS)),$(eval \
	$(call guest_header,$(n),$(call variant_of,$(n)),$(call mutant_of,$(n)),$(call variant_of,$(n)))))
$(foreach n,$(UNIT_GUEST_CUSTOM),$(eval $(call guest_header,$(n),eager,none,$(unit_spec_$(n)))))

unit_guest_o = $(patsubst guest-kernel/%.c,$(UNIT_GUEST_DIR)/$(1)/%.o,$(filter-out $(UNIT_GUEST_PLAIN),$(2))) \
	$(patsubst guest-kernel/%.c,$(UNIT_GUEST_DIR)/any/%.o,$(filter $(UNIT_GUEST_PLAIN),$(2)))
unit_guest_world = $(UNIT_GUEST_WORLD:%=$(UNIT_GUEST_DIR)/$(1)/%.o)

# $(1): program; $(2): its objects
define unit_guest_program
$(UNIT_GUEST_BIN)/$(1): $(2)
	@mkdir -p $$(@D)
	$$(call say,LD,$$@)
	$$(Q)$(CC) $$(UNIT_GUEST_CFLAGS) $(UNIT_GUEST_LDFLAGS) -o $$@ $$^ -lcmocka
UNIT_GUEST_PROGRAMS += $(UNIT_GUEST_BIN)/$(1)
endef
# A mutant's own objects, and its variant's.
unit_guest_mutated = $(call unit_guest_world,$(call variant_of,$(1))) \
	$(call unit_guest_o,$(1),$(call unit_guest_changed,$(call mutant_of,$(1)))) \
	$(call unit_guest_o,$(call variant_of,$(1)),$(filter-out $(call unit_guest_changed,$(call mutant_of,$(1))),$(UNIT_GUEST_SRC)))
unit_guest_whole = $(UNIT_GUEST_DIR)/$(1)/$(2).o $(call unit_guest_world,$(1)) $(call unit_guest_o,$(1),$(UNIT_GUEST_SRC))
$(foreach t,$(UNIT_GUEST_ONCE),$(eval $(call unit_guest_program,guest_$(t),$(call unit_guest_whole,eager,guest_$(t)))))
$(eval $(call unit_guest_program,guest_slots,$(call unit_guest_whole,highpte,guest_slots)))
# With the longest batches, only the test of batches is built.
unit_guest_each = $(if $(filter depth128,$(1)),batch,$(UNIT_GUEST_EACH))
$(foreach v,$(UNIT_GUEST_VARIANTS),$(foreach t,$(call unit_guest_each,$(v)),$(eval \
	$(call unit_guest_program,guest_$(t).$(v),$(call unit_guest_whole,$(v),guest_$(t))))))
$(foreach m,$(UNIT_GUEST_MUTANT),$(eval $(call unit_guest_program,guest_mutant.$(m), \
	$(UNIT_GUEST_DIR)/$(m)/guest_mutant.o $(call unit_guest_mutated,$(m)))))
# With the processes on top.
unit_guest_task = $(UNIT_GUEST_DIR)/$(call variant_of,$(1))/guest_task_world.o $(call unit_guest_o,$(1),$(UNIT_GUEST_TASK))
$(foreach v,$(filter-out depth128,$(UNIT_GUEST_VARIANTS)),$(foreach t,task thread,$(eval $(call unit_guest_program,guest_$(t).$(v), \
	$(call unit_guest_whole,$(v),guest_$(t)) $(call unit_guest_task,$(v))))))
# Tests that depend on no policy are built once.
$(foreach t,signal wait path pipe,$(eval $(call unit_guest_program,guest_$(t),$(call unit_guest_whole,eager,guest_$(t)) $(call unit_guest_task,eager))))
$(foreach m,$(UNIT_GUEST_TASK_MUTANT),$(eval $(call unit_guest_program,guest_task.$(m), \
	$(UNIT_GUEST_DIR)/$(m)/guest_task.o $(call unit_guest_task,$(m)) \
	$(call unit_guest_mutated,$(m)))))

.PHONY: unit-guest
unit-guest: $(UNIT_GUEST_PROGRAMS) $(UNIT_GUEST_BIN)/replayed
# tests/cli/replay.t runs the others, and compares them. It reads which there are, because a program
# that is not made any more may still lie about.
UNIT_GUEST_REPLAYED := $(filter $(UNIT_GUEST_BIN)/guest_random.%,$(UNIT_GUEST_PROGRAMS))
$(UNIT_GUEST_BIN)/replayed: force
	@mkdir -p $(@D)
	@echo '$(UNIT_GUEST_REPLAYED)' | cmp -s - $@ || echo '$(UNIT_GUEST_REPLAYED)' > $@
TEST_PROGRAMS += $(filter-out $(UNIT_GUEST_REPLAYED),$(UNIT_GUEST_PROGRAMS))
CHECK_DEPS += $(UNIT_GUEST_PROGRAMS) $(UNIT_GUEST_BIN)/replayed

-include $(wildcard $(UNIT_GUEST_DIR)/*/*.d $(UNIT_GUEST_DIR)/*/*/*.d $(UNIT_GUEST_DIR)/*/*/*/*.d)
