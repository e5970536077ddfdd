# SPDX-License-Identifier: MIT
# Xen: the hypervisor from Debian's package, extracted under build/, never
# installed (its installation would change how the machine boots).
#
#	XEN_PACKAGE	which package; by default the newest that apt knows here
#	XEN_DEB		a .deb file that is there already, instead of a download
#
# `make xen FLAVOUR=NAME` builds another one, for tests, from Debian's source
# package into $(BUILD)/xen-NAME: the default configuration and the lines of
# mk/xen-NAME.config. `pvmmu run --xen NAME` boots it.

XEN_DIR := $(BUILD)/xen

# One that was asked for by name is fetched anew where another one lies.
ifneq ($(filter command environment,$(firstword $(origin XEN_PACKAGE)) $(firstword $(origin XEN_DEB))),)
XEN_WANTED := $(XEN_DIR)/wanted
$(XEN_WANTED): force
	@mkdir -p $(@D)
	@echo '$(XEN_PACKAGE) $(XEN_DEB)' | cmp -s - $@ || echo '$(XEN_PACKAGE) $(XEN_DEB)' > $@
endif
# Only asked when Xen has to be fetched. Debian 12 has 4.17, Debian 13 has 4.20.
XEN_PACKAGE ?= $(shell apt-cache search --names-only '^xen-hypervisor-[0-9.]+-amd64$$' | \
	awk '{print $$1}' | LC_ALL=C sort -V | tail -n 1)

.PHONY: xen
ifdef FLAVOUR
XEN_FLAVOURS := $(patsubst mk/xen-%.config,%,$(wildcard mk/xen-*.config))
ifeq ($(filter $(FLAVOUR),$(XEN_FLAVOURS)),)
$(error FLAVOUR=$(FLAVOUR): there is no such build of Xen; valid: $(XEN_FLAVOURS))
endif
xen: $(BUILD)/xen-$(FLAVOUR)/xen.json
else
xen: $(XEN_DIR)/xen.json ## fetch and extract the hypervisor; FLAVOUR=perfc, debug or pv32: build that one
endif

# The one that 32-bit guests need: Debian's boots none.
.PHONY: xen32
xen32: $(BUILD)/xen-pv32/xen.json

$(XEN_DIR)/xen.json: mk/fetch-xen.sh $(XEN_WANTED)
	$(call say,XEN,$(XEN_DIR))
	$(Q)sh mk/fetch-xen.sh '$(XEN_DIR)' '$(if $(XEN_DEB),,$(XEN_PACKAGE))' '$(XEN_DEB)'

# Where this machine's packages come from, sources are too.
XEN_MIRROR ?= $(shell apt-get indextargets --format '$$(SITE)' 'Created-By: Packages' 2>/dev/null | head -n 1)
$(BUILD)/xen-%/xen.json: mk/xen-%.config mk/build-xen.sh
	$(call say,XEN,$(@D) (a minute or two))
	$(Q)sh mk/build-xen.sh '$(@D)' '$*' '$<' '$(XEN_MIRROR)'
