# SPDX-License-Identifier: MIT
# Xen: the hypervisor from Debian's package, extracted under build/, never
# installed (its installation would change how the machine boots).
#
#	XEN_PACKAGE	which package; by default the newest that apt knows here
#	XEN_DEB		a .deb file that is there already, instead of a download

XEN_DIR := $(BUILD)/xen
# Only asked when Xen has to be fetched. Debian 12 has 4.17, Debian 13 has 4.20.
XEN_PACKAGE ?= $(shell apt-cache search --names-only '^xen-hypervisor-[0-9.]+-amd64$$' | \
	awk '{print $$1}' | sort -V | tail -n 1)

.PHONY: xen
xen: $(XEN_DIR)/xen.json

$(XEN_DIR)/xen.json: mk/fetch-xen.sh
	$(call say,XEN,$(XEN_DIR))
	$(Q)sh mk/fetch-xen.sh '$(XEN_DIR)' '$(if $(XEN_DEB),,$(XEN_PACKAGE))' '$(XEN_DEB)'
