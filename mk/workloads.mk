# SPDX-License-Identifier: MIT
# Workloads: workloads/NAME.c + workloads/harness/*.c -> $(BUILD)/workloads/NAME, a static Linux
# program. A new file is a new workload: nothing to add here.
#
# For others: WORKLOADS (names), WORKLOAD_BINS (files), WORKLOAD_HELPERS (programs that a workload
# executes; they lie beside it; NAME-glibc is aux/NAME.c with glibc), WORKLOAD_FILES (both, and a shell:
# what an initramfs needs in /bin).

MUSL_CC ?= musl-gcc

WORKLOADS        := $(sort $(notdir $(basename $(wildcard workloads/*.c))))
WORKLOAD_BINS    := $(WORKLOADS:%=$(BUILD)/workloads/%)
WORKLOAD_HELPERS := $(patsubst workloads/aux/%.c,$(BUILD)/workloads/%,$(sort $(wildcard workloads/aux/*.c)))
WORKLOAD_GLIBC   := $(BUILD)/workloads/tiny-glibc
WORKLOAD_SHELL   := $(BUILD)/workloads/busybox
WORKLOAD_FILES   := $(WORKLOAD_BINS) $(WORKLOAD_HELPERS) $(WORKLOAD_GLIBC) $(WORKLOAD_SHELL)
WORKLOAD_OBJDIR  := $(BUILD)/obj/workloads
WORKLOAD_HARNESS := $(WORKLOAD_OBJDIR)/harness.a
WORKLOAD_JSON    := $(BUILD)/share/workloads.json

# Position-dependent and without build id or paths: the same source gives the same bytes, and the
# image's hash can tell one build from another.
WORKLOAD_CFLAGS := -std=gnu11 -Os -fno-pie $(PREFIX_MAP) -fno-asynchronous-unwind-tables \
	$(WARNINGS)
WORKLOAD_LDFLAGS := -static -no-pie -s -Wl,--build-id=none -Wl,--gc-sections

.PHONY: workloads
workloads: $(WORKLOAD_FILES) $(WORKLOAD_JSON) ## build the programs that run in the guest, and their list

$(WORKLOAD_OBJDIR)/%.o: workloads/%.c mk/workloads.mk
	@mkdir -p $(@D)
	$(call say,MUSL,$@)
	$(Q)$(MUSL_CC) $(WORKLOAD_CFLAGS) -MMD -MP -c -o $@ $<

# An archive, so that a program holds what it uses of it: no threads where there are none.
$(WORKLOAD_HARNESS): $(patsubst workloads/%.c,$(WORKLOAD_OBJDIR)/%.o,$(sort $(wildcard workloads/harness/*.c)))
	@rm -f $@
	$(call say,AR,$@)
	$(Q)$(AR) rcsD $@ $^

$(WORKLOAD_BINS): $(BUILD)/workloads/%: $(WORKLOAD_OBJDIR)/%.o $(WORKLOAD_HARNESS)
	@mkdir -p $(@D)
	$(call say,LD,$@)
	$(Q)$(MUSL_CC) $(WORKLOAD_LDFLAGS) -o $@ $^

$(WORKLOAD_HELPERS): $(BUILD)/workloads/%: $(WORKLOAD_OBJDIR)/aux/%.o
	@mkdir -p $(@D)
	$(call say,LD,$@)
	$(Q)$(MUSL_CC) $(WORKLOAD_LDFLAGS) -o $@ $^

# As anybody would link it, symbols included.
$(WORKLOAD_GLIBC): $(BUILD)/workloads/%-glibc: workloads/aux/%.c mk/workloads.mk
	@mkdir -p $(@D)
	$(call say,CC,$@)
	$(Q)$(CC) $(WARNINGS) -O2 -static -Wl,--build-id=none -o $@ $<

# Debian's, as it is. Where the package is missing, make looks for it when it is needed, not while
# it reads this.
$(WORKLOAD_SHELL): $(firstword $(wildcard /bin/busybox /usr/bin/busybox) /bin/busybox)
	@mkdir -p $(@D)
	$(Q)cp $< $@
/bin/busybox:
	@echo 'make: $@ is missing: `make deps` installs it (package busybox-static)' >&2; exit 1

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

-include $(wildcard $(WORKLOAD_OBJDIR)/*.d $(WORKLOAD_OBJDIR)/*/*.d)
