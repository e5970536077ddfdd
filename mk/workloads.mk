# SPDX-License-Identifier: MIT
# Workloads: workloads/NAME.c + workloads/harness/*.c -> $(BUILD)/workloads/NAME, a static Linux
# program. A new file is a new workload: nothing to add here.
#
# For others: WORKLOADS (names), WORKLOAD_BINS (files), WORKLOAD_HELPERS (programs that a workload
# executes; they lie beside it; NAME-glibc is aux/NAME.c with glibc), WORKLOAD_FILES (both, and a shell:
# what an initramfs needs in /bin). The same with 32 at the
# end of the name: for i386, below $(BUILD)/workloads32.

MUSL_CC ?= musl-gcc
I386    := $(BUILD)/i386

WORKLOADS       := $(sort $(notdir $(basename $(wildcard workloads/*.c))))
WORKLOAD_AUX    := $(sort $(notdir $(basename $(wildcard workloads/aux/*.c))))
WORKLOAD_OBJDIR := $(BUILD)/obj/workloads
WORKLOAD_JSON   := $(BUILD)/share/workloads.json

# Position-dependent and without build id or paths: the same source gives the same bytes, and the
# image's hash can tell one build from another.
WORKLOAD_CFLAGS := -std=gnu11 -Os -fno-pie $(PREFIX_MAP) -fno-asynchronous-unwind-tables \
	$(WARNINGS)
WORKLOAD_LDFLAGS := -static -no-pie -s -Wl,--build-id=none -Wl,--gc-sections

# $(1): '' or 32, the width where it is not 64 bits; $(2), $(3): compilers with musl and with glibc
define workload_programs
WORKLOAD_BINS$(1)    := $$(WORKLOADS:%=$$(BUILD)/workloads$(1)/%)
WORKLOAD_HELPERS$(1) := $$(WORKLOAD_AUX:%=$$(BUILD)/workloads$(1)/%)
WORKLOAD_GLIBC$(1)   := $$(BUILD)/workloads$(1)/tiny-glibc
WORKLOAD_SHELL$(1)   := $$(BUILD)/workloads$(1)/busybox
WORKLOAD_FILES$(1)   := $$(WORKLOAD_BINS$(1)) $$(WORKLOAD_HELPERS$(1)) $$(WORKLOAD_GLIBC$(1)) $$(WORKLOAD_SHELL$(1))
WORKLOAD_HARNESS$(1) := $$(WORKLOAD_OBJDIR)$(1)/harness.a

$$(WORKLOAD_OBJDIR)$(1)/%.o: workloads/%.c mk/workloads.mk
	@mkdir -p $$(@D)
	$$(call say,MUSL,$$@)
	$$(Q)$(2) $$(WORKLOAD_CFLAGS) -MMD -MP -c -o $$@ $$<

# An archive, so that a program holds what it uses of it: no threads where there are none.
$$(WORKLOAD_HARNESS$(1)): $$(patsubst workloads/%.c,$$(WORKLOAD_OBJDIR)$(1)/%.o,$$(sort $$(wildcard workloads/harness/*.c)))
	@rm -f $$@
	$$(call say,AR,$$@)
	$$(Q)$$(AR) rcsD $$@ $$^

$$(WORKLOAD_BINS$(1)): $$(BUILD)/workloads$(1)/%: $$(WORKLOAD_OBJDIR)$(1)/%.o $$(WORKLOAD_HARNESS$(1))
	@mkdir -p $$(@D)
	$$(call say,LD,$$@)
	$$(Q)$(2) $$(WORKLOAD_LDFLAGS) -o $$@ $$^

$$(WORKLOAD_HELPERS$(1)): $$(BUILD)/workloads$(1)/%: $$(WORKLOAD_OBJDIR)$(1)/aux/%.o
	@mkdir -p $$(@D)
	$$(call say,LD,$$@)
	$$(Q)$(2) $$(WORKLOAD_LDFLAGS) -o $$@ $$^

# As anybody would link it, symbols included.
$$(WORKLOAD_GLIBC$(1)): $$(BUILD)/workloads$(1)/%-glibc: workloads/aux/%.c mk/workloads.mk
	@mkdir -p $$(@D)
	$$(call say,CC,$$@)
	$$(Q)$(3) $$(WARNINGS) -O2 -static -Wl,--build-id=none -o $$@ $$<

-include $$(wildcard $$(WORKLOAD_OBJDIR)$(1)/*.d $$(WORKLOAD_OBJDIR)$(1)/*/*.d)
endef
$(eval $(call workload_programs,,$(MUSL_CC),$(CC)))
$(eval $(call workload_programs,32,$(I386)/musl-gcc,$(I386)/glibc-gcc))

.PHONY: workloads workloads32
workloads: $(WORKLOAD_FILES) $(WORKLOAD_JSON) ## build the programs that run in the guest, and their list
workloads32: $(WORKLOAD_FILES32) ## build the same programs for i386

# Debian's, as it is. Where the package is missing, make looks for it when it is needed, not while
# it reads this.
$(WORKLOAD_SHELL): $(firstword $(wildcard /bin/busybox /usr/bin/busybox) /bin/busybox)
	@mkdir -p $(@D)
	$(Q)cp $< $@
/bin/busybox:
	@echo 'make: $@ is missing: `make deps` installs it (package busybox-static)' >&2; exit 1

# Compiler and C library of 32-bit programs, fetched when they are first needed.
$(I386)/musl-gcc: mk/fetch-i386.sh
	$(call say,FETCH,$(I386))
	$(Q)sh mk/fetch-i386.sh '$(I386)' '$(XEN_MIRROR)'
$(patsubst workloads/%.c,$(WORKLOAD_OBJDIR)32/%.o,$(wildcard workloads/*.c workloads/*/*.c)) $(WORKLOAD_GLIBC32): $(I386)/musl-gcc
$(WORKLOAD_SHELL32): $(I386)/musl-gcc
	@mkdir -p $(@D)
	$(Q)cp $(I386)/busybox $@

# The programs run here too, so each one describes itself.
$(WORKLOAD_JSON): $(WORKLOAD_BINS)
	@mkdir -p $(@D)
	$(call say,GEN,$@)
	$(Q){ printf '{"workloads":[\n' && sep='' && for w in $(WORKLOADS); do \
		printf '%s' "$$sep" && $(BUILD)/workloads/$$w --describe || exit 1; sep=','; \
	done && printf ']}\n'; } > $@.tmp && mv $@.tmp $@

# The same sources as ordinary programs with sanitizers, for the tests.
WORKLOAD_SAN := $(WORKLOAD_FILES:$(BUILD)/%=$(BUILD)/san/%)
$(BUILD)/san/workloads/busybox: $(WORKLOAD_SHELL)
	@mkdir -p $(@D)
	$(Q)cp $< $@
WORKLOAD_SANFLAGS := -std=gnu11 -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all
$(filter-out %/busybox,$(WORKLOAD_SAN)): $(BUILD)/san/workloads/%: $(wildcard workloads/*.[ch] workloads/*/*.[ch] abi/*.h) mk/workloads.mk
	@mkdir -p $(@D)
	$(call say,SAN,$@)
	$(Q)$(CC) $(WORKLOAD_SANFLAGS) -o $@ \
		$(if $(wildcard workloads/aux/$(*:-glibc=).c),workloads/aux/$(*:-glibc=).c,workloads/$*.c $(sort $(wildcard workloads/harness/*.c)))

CHECK_DEPS += $(WORKLOAD_FILES) $(WORKLOAD_JSON) $(WORKLOAD_SAN)

# A workload that is gone must not stay in the list.
$(WORKLOAD_JSON): $(WORKLOAD_OBJDIR)/names
$(WORKLOAD_OBJDIR)/names: force
	@mkdir -p $(@D)
	@echo '$(WORKLOADS)' | cmp -s - $@ || echo '$(WORKLOADS)' > $@
.PHONY: force
