# SPDX-License-Identifier: MIT
# The guest: an image for each variant, the initial ramdisk, the list of variants.
#
#	build/guest/ENV/NAME/pvmmu-guest.elf
#
# ENV, what it runs on, is the variant's: native64 if its file says so, else xen64. With
# make guest ENV=xen32 or ENV=native32 it is native32 or xen32: the same sources, for 32-bit PAE.
# NAME is a variant, or VARIANT+MUTANT for a build with one deliberate bug (tests), or
# custom-AXIS.VALUE-... for VARIANT=custom:AXIS=VALUE,...

comma := ,
VARIANTS := $(sort $(basename $(notdir $(wildcard guest-kernel/variants/*.variant))))
# The variants that VARIANT, a list with commas, names; see mk/variant.awk.
WANTED := $(shell LC_ALL=C awk -v list=$(call quote,$(VARIANT)) -v names='$(VARIANTS)' -f mk/variant.awk guest-kernel/variants/eager.variant)
ifneq ($(.SHELLSTATUS),0)
$(error VARIANT is not understood$(addprefix ; did you mean ,$(shell LC_ALL=C awk -v said=$(call quote,$(VARIANT)) \
	-v among='$(VARIANTS)' -f mk/nearest.awk)))
endif
CUSTOMS := $(filter custom:%,$(WANTED))
# A custom variant's directory; file_name() in bench/lib/paths.c must agree.
file_name = $(subst /,_,$(subst =,.,$(subst $(comma),-,$(subst :,-,$(1)))))
variant_of = $(firstword $(subst +, ,$(1)))
mutant_of = $(or $(word 2,$(subst +, ,$(1))),none)
NATIVE_VARIANTS := $(filter $(VARIANTS),$(notdir $(basename $(shell \
	LC_ALL=C grep -lE '^[[:blank:]]*env[[:blank:]]*=[[:blank:]]*native64' guest-kernel/variants/*.variant))))
XEN_VARIANTS := $(filter-out $(NATIVE_VARIANTS),$(VARIANTS))
GUEST_ENVS := xen64 native64
GUEST_ENVS32 := xen32 native32
GUEST_WIDTH := $(if $(filter %32,$(ENV)),32,64)
# $(1): a variant's or image's name
guest_env = $(if $(filter $(NATIVE_VARIANTS),$(call variant_of,$(1))),native,xen)$(GUEST_WIDTH)
guest_dir = $(BUILD)/guest/$(guest_env)/$(1)
GUEST_CC ?= $(CC)
# Asked once, and not before something is compiled: `make deps` may have to install it first.
GUEST_COMPILER = $(eval GUEST_COMPILER := $$(shell $(GUEST_CC) --version 2>/dev/null | head -n 1))$(GUEST_COMPILER)

# For 32 bits, a file in a folder named 32 replaces the file of the same name in the folder above.
# $(1): env
guest_dirs = $(foreach d,arch/x86 $(patsubst %32,%,$(1:%64=%)) mmu mm proc sys lib,guest-kernel/$(d))
guest_32 = $(if $(filter %32,$(1)),$(wildcard $(foreach d,$(guest_dirs),$(d)/32/*.c $(d)/32/*.S)))
guest_src = guest-kernel/main.c $(sort $(guest_32) $(filter-out $(subst /32/,/,$(guest_32)), \
	$(foreach d,$(guest_dirs),$(wildcard $(d)/*.c $(d)/*.S))))
$(foreach e,$(GUEST_ENVS) $(GUEST_ENVS32),$(eval GUEST_SRC_$(e) := $(call guest_src,$(e))))
GUEST_CFLAGS_native64 := -DPVMMU_NATIVE
# Arguments are in registers, as on 64 bits, and addresses are absolute. The guest uses the numbers in
# the C library's elf.h, which includes a list that only a 32-bit C library has: an empty one is made.
GUEST_CFLAGS_xen32 := -m32 -march=i686 -mregparm=3 -fno-pie \
	-idirafter /usr/include/x86_64-linux-gnu
GUEST_CFLAGS_native32 := $(GUEST_CFLAGS_xen32) $(GUEST_CFLAGS_native64)
GUEST_LDFLAGS_xen32 := -m32
GUEST_LDFLAGS_native32 := -m32
# Where the direct map begins, for the linker; arch/x86/*/width.h
GUEST_BASE_xen64 := 0xffff880000000000
GUEST_BASE_native64 := 0xffff880000000000
GUEST_BASE_xen32 := 0xc0000000
GUEST_BASE_native32 := 0xc0000000

# Position-independent code because the direct map is beyond the reach of 32-bit
# absolute addresses; no floating point, because user registers are live in it.
GUEST_CFLAGS := -std=gnu11 -O2 -g -ffreestanding -fpie -fvisibility=hidden -mno-red-zone \
	-mno-sse -mno-mmx -mno-80387 -mgeneral-regs-only -fno-stack-protector -fcf-protection=none \
	-fno-asynchronous-unwind-tables -fno-strict-aliasing -fno-common \
	$(WARNINGS) -Werror $(PREFIX_MAP) -Iguest-kernel -I. -include guest-kernel/arch/x86/hidden.h
GUEST_LDFLAGS := -nostdlib -static -no-pie -Wl,--build-id=none -Wl,-z,noexecstack \
	-Wl,-z,max-page-size=4096 -Wl,--no-warn-rwx-segments -T guest-kernel/guest.lds

# [NUMBER] = "NAME" for each system call that the C library's headers know; for warnings.
SYSCALL_NAMES := $(BUILD)/guest/gen/syscall_names.h
$(SYSCALL_NAMES): mk/guest.mk
	@mkdir -p $(@D)
	$(Q)echo '#include <asm/unistd_64.h>' | $(GUEST_CC) -E -dM - | \
		sed -n 's/^#define __NR_\([a-z0-9_]*\) \([0-9]*\)$$/[\2] = "\1",/p' | sort > $@.tmp
	$(Q)grep -q '"read"' $@.tmp && mv $@.tmp $@
# i386 has other numbers: [NUMBER] = i386's number for each name that both have. The sources use
# x86-64's numbers.
GUEST_GEN_32 := $(BUILD)/guest/gen32
SYSCALL_NAMES_32 := $(GUEST_GEN_32)/syscall_names.h
$(SYSCALL_NAMES_32): mk/guest.mk $(SYSCALL_NAMES)
	@mkdir -p $(@D)/gnu
	$(Q): > $(@D)/gnu/stubs-32.h
	$(Q)echo '#include <asm/unistd_32.h>' | $(GUEST_CC) -E -dM - | \
		sed -n 's/^#define __NR_\([a-z0-9_]*\) \([0-9]*\)$$/[\2] = "\1",/p' | sort > $@.tmp
	$(Q)sed 's/[][",=]/ /g' $(SYSCALL_NAMES) $@.tmp | LC_ALL=C awk \
		'($$2 in nr) { printf "[%d] = %d,\n", nr[$$2], $$1 } { nr[$$2] = $$1 }' > $(@D)/syscall_numbers.h
	$(Q)grep -q '"read"' $@.tmp && mv $@.tmp $@
GUEST_GEN_xen64 := $(BUILD)/guest/gen
GUEST_GEN_native64 := $(BUILD)/guest/gen
GUEST_GEN_xen32 := $(GUEST_GEN_32)
GUEST_GEN_native32 := $(GUEST_GEN_32)

# $(1): directory name; $(2): variant whose file it is made from; $(3): mutant; $(4): the variant's name
define guest_header
$(guest_dir)/gen/variant.h: guest-kernel/variants/$(2).variant mk/variant.awk
	@mkdir -p $$(@D)
	$$(Q)awk -v name='$(4)' -v mutant=$(3) -f mk/variant.awk $$< > $$@.tmp && mv $$@.tmp $$@
endef

# Which commit the sources are; beside the image, not in it, so that equal sources are equal bytes.
SOURCE_COMMIT := { sh mk/describe.sh --abbrev=40 --exclude='*' || true; }

# FILE:MUTANT for each that a mutant changes; its other objects are the variant's.
MUTANT_USES := $(shell LC_ALL=C awk -f mk/uses.awk $$(find guest-kernel -name '*.[ch]'))
# $(1): directory name; $(2): env; $(3): directory name of the variant
mutant_src = $(foreach m,any $(call mutant_of,$(1)),$(patsubst %:$(m),%,$(filter %:$(m),$(MUTANT_USES))))
guest_objects = $(foreach s,$(GUEST_SRC_$(2)),$(patsubst guest-kernel/%,$(BUILD)/guest/$(2)/$\
	$(if $(filter $(mutant_src),$(s)),$(1),$(3))/obj/%.o,$(basename $(s))))

# The GNU assembler ends a prefix at its first =, which may be one of the path's: it is told another name
# of this directory.
# $(1): directory name; $(2): env; $(3): directory name of the variant
define guest_image
$(guest_dir)/obj/%.o: guest-kernel/%.c $(guest_dir)/gen/variant.h $(GUEST_GEN_$(2))/syscall_names.h $(GUEST_STAMP)
	@mkdir -p $$(@D)
	$$(call say,CC,$(1)/$$*.c)
	$$(Q)$(GUEST_CC) $$(GUEST_CFLAGS) $(GUEST_CFLAGS_$(2)) -DCOMPILER=$$(call quote,"$$(GUEST_COMPILER)") -I$(guest_dir)/gen -I$(GUEST_GEN_$(2)) -MMD -MP -c -o $$@ $$<

$(guest_dir)/obj/%.o: guest-kernel/%.S $(GUEST_STAMP)
	@mkdir -p $$(@D)
	$$(Q)PWD=/proc/self/cwd $(GUEST_CC) $$(GUEST_CFLAGS) -ffile-prefix-map=/proc/self/cwd=. $(GUEST_CFLAGS_$(2)) -MMD -MP -c -o $$@ $$<

# The image is what is loaded and nothing else, so that its hash is of that: comments, lines and names
# change no byte. Beside it is the same with symbols, and what stands where it may panic (lib/bug.h).
$(guest_dir)/pvmmu-guest.elf: $(guest_objects) guest-kernel/guest.lds mk/panic-sites.awk
	$$(call say,LD,$$@)
	$$(Q)$(GUEST_CC) $(GUEST_LDFLAGS) $(GUEST_LDFLAGS_$(2)) -Wl,--defsym,direct_map_base=$(GUEST_BASE_$(2)) -o $$(@D)/pvmmu-guest.debug $$(filter %.o,$$^)
	$$(Q)objdump -d --no-show-raw-insn $$(@D)/pvmmu-guest.debug | \
		LC_ALL=C awk -v file=$$(@D)/pvmmu-guest.debug -f mk/panic-sites.awk > $$(@D)/panic-sites
	$$(Q)objcopy --strip-all $$(@D)/pvmmu-guest.debug $$@.tmp
	$$(Q)$(SOURCE_COMMIT) > $$(@D)/source
	$$(Q)mv $$@.tmp $$@

-include $$(wildcard $(guest_dir)/obj/*.d $(guest_dir)/obj/*/*.d $(guest_dir)/obj/*/*/*.d $(guest_dir)/obj/*/*/*/*.d)
endef

# Objects are made anew when the compiler or the flags change; where the tree lies changes none.
GUEST_STAMP := $(BUILD)/guest/flags.stamp
.PHONY: force
$(GUEST_STAMP): force
	@mkdir -p $(@D)
	@echo $(call quote,$(GUEST_COMPILER) $(subst $(PREFIX_MAP),-ffile-prefix-map=.=.,$(GUEST_CFLAGS) $(GUEST_CFLAGS_native64) $(GUEST_CFLAGS_xen32))) > $@.tmp; cmp -s $@.tmp $@ && rm $@.tmp || mv $@.tmp $@

# Which mutants exist is written in mmu/policy.h, and which of their images are wanted in the tests
# that boot them ('VARIANT+MUTANT'), or asked for: all of them on all variants would be a hundred.
MUTANTS := $(shell LC_ALL=C sed -n 's/^\tMUTANT_\([a-z_]*\),.*/\1/p' guest-kernel/mmu/policy.h | grep -v '^none$$')
MUTANT_IMAGES := $(filter $(foreach v,$(VARIANTS),$(MUTANTS:%=$(v)+%)), \
	$(sort $(WANTED) $(shell LC_ALL=C grep -oh "'[a-z-]*+[a-z_]*'" tests/guest/*.t | tr -d "'")))

$(foreach i,$(VARIANTS) $(MUTANT_IMAGES),$(eval $(call \
	guest_header,$(i),$(call variant_of,$(i)),$(call mutant_of,$(i)),$(call variant_of,$(i)))))
$(foreach c,$(CUSTOMS),$(eval $(call guest_header,$(call file_name,$(c)),eager,none,$(c))))
$(foreach i,$(VARIANTS) $(MUTANT_IMAGES) $(call file_name,$(CUSTOMS)),$(eval $(call guest_image,$(i),$(call guest_env,$(i)),$(call variant_of,$(i)))))

# The same programs for every env. Same bytes for the same programs: sorted, without times, owners,
# inode numbers or the umask.
INITRAMFS   := $(GUEST_ENVS:%=$(BUILD)/guest/%/initramfs.cpio)
INITRAMFS32 := $(GUEST_ENVS32:%=$(BUILD)/guest/%/initramfs.cpio)
$(INITRAMFS): $(WORKLOAD_FILES)
$(INITRAMFS32): $(WORKLOAD_FILES32)
$(INITRAMFS) $(INITRAMFS32):
	$(call say,CPIO,$@)
	@mkdir -p $(@D)
	$(Q)rm -rf $(@D)/initramfs && mkdir -p $(@D)/initramfs/bin
	$(Q)cp $^ $(@D)/initramfs/bin/
	$(Q)chmod -R a-s,u=rwx,go=rx $(@D)/initramfs
	$(Q)ln -s busybox $(@D)/initramfs/bin/sh
	$(Q)find $(@D)/initramfs -exec touch -h -d @0 {} +
	$(Q)cd $(@D)/initramfs && find . -mindepth 1 | LC_ALL=C sort | cpio --quiet -o -H newc --reproducible -R 0:0 > ../initramfs.cpio.tmp
	$(Q)mv $@.tmp $@

$(BUILD)/share/variants.json: mk/variant.awk $(wildcard guest-kernel/variants/*.variant)
	@mkdir -p $(@D)
	$(Q)( printf '{"custom":'; awk -v axes_json=1 -f mk/variant.awk guest-kernel/variants/eager.variant || exit 1; \
		printf ',"variants":['; sep=; for v in $(VARIANTS); do printf '%s' "$$sep"; \
		awk -v json=1 -v name=$$v -f mk/variant.awk guest-kernel/variants/$$v.variant || exit 1; \
		sep=,; done; printf ']}\n' ) > $@.tmp && mv $@.tmp $@

.PHONY: guest guests mutants
image_file = $(guest_dir)/pvmmu-guest.elf
GUEST_SHARED := $(if $(filter %32,$(ENV)),$(INITRAMFS32),$(INITRAMFS)) $(BUILD)/share/variants.json
guest: $(foreach i,$(call file_name,$(WANTED)),$(call image_file,$(i))) $(GUEST_SHARED)
guests: $(foreach v,$(VARIANTS),$(call image_file,$(v))) $(GUEST_SHARED) ## build the images of all variants
mutants: $(foreach i,$(MUTANT_IMAGES),$(call image_file,$(i)))

CHECK_DEPS += guests xen mutants
