# SPDX-License-Identifier: MIT
# What collector insn needs: the plugin for QEMU, $(BUILD)/pvmmu-insn.so, and symbols.
#
#	$(BUILD)/symbols/NAME	each program that runs in the guest, linked as it is, but not stripped
#	$(XEN_DIR)/xen-syms	the hypervisor's, of Debian's package with that name and -dbg; a
#				flavour that we build brings its own

PLUGIN     := $(BUILD)/pvmmu-insn.so
PLUGIN_SRC := $(sort $(wildcard collectors/qemu/*.c))

.PHONY: plugin symbols xen-symbols
plugin: $(PLUGIN) ## build the plugin with which QEMU attributes instructions
$(PLUGIN): $(PLUGIN_SRC) $(wildcard collectors/qemu/*.h) abi/section.h mk/plugin.mk
	@mkdir -p $(@D)
	$(call say,LD,$@)
	$(Q)$(CC) $(HOST_CSTD) $(WARNINGS) -Werror -O2 -g -fPIC -fvisibility=hidden -shared $(PREFIX_MAP) -o $@ $(PLUGIN_SRC)

SYMBOL_DIR  := $(BUILD)/symbols
SYMBOL_BINS := $(WORKLOADS:%=$(SYMBOL_DIR)/%)
SYMBOL_AUX  := $(WORKLOAD_HELPERS:$(BUILD)/workloads/%=$(SYMBOL_DIR)/%)
SYMBOL_GLIBC := $(WORKLOAD_GLIBC:$(BUILD)/workloads/%=$(SYMBOL_DIR)/%)

CHECK_DEPS += $(PLUGIN) $(SYMBOL_BINS) $(SYMBOL_AUX) $(SYMBOL_GLIBC) $(XEN_DIR)/xen-syms
symbols: $(SYMBOL_BINS) $(SYMBOL_AUX) $(SYMBOL_GLIBC) xen-symbols ## programs with symbols, and those of Xen, for profiles
$(SYMBOL_BINS): $(SYMBOL_DIR)/%: $(WORKLOAD_OBJDIR)/%.o $(WORKLOAD_HARNESS)
	@mkdir -p $(@D)
	$(Q)$(MUSL_CC) $(filter-out -s,$(WORKLOAD_LDFLAGS)) -o $@ $^
$(SYMBOL_AUX): $(SYMBOL_DIR)/%: $(WORKLOAD_OBJDIR)/aux/%.o
	@mkdir -p $(@D)
	$(Q)$(MUSL_CC) $(filter-out -s,$(WORKLOAD_LDFLAGS)) -o $@ $^
# It has them already.
$(SYMBOL_GLIBC): $(SYMBOL_DIR)/%: $(BUILD)/workloads/%
	@mkdir -p $(@D)
	$(Q)cp $< $@

xen-symbols: $(XEN_DIR)/xen-syms
$(XEN_DIR)/xen-syms: $(XEN_DIR)/xen.json mk/fetch-xen-syms.sh
	$(call say,XEN,$@)
	$(Q)sh mk/fetch-xen-syms.sh '$(XEN_DIR)'
