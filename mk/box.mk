# SPDX-License-Identifier: MIT
# The box: a Linux that is Xen's dom0 inside QEMU, made of Debian's packages below $(BUILD)/box,
# which are not installed. `pvmmu run --rig box` boots it.
#
#	BOX_KERNEL	package of dom0's kernel; by default the one that Debian's standard
#			kernel package means now

BOX_DIR := $(BUILD)/box
# Only asked when the box has to be made.
BOX_KERNEL ?= $(shell LC_ALL=C apt-cache depends linux-image-amd64 2>/dev/null | sed -n 's/^ *Depends: //p' | head -n 1)
BOX_UTILS ?= $(shell apt-cache search --names-only '^xen-utils-[0-9.]+$$' | awk '{print $$1}' | LC_ALL=C sort -V | tail -n 1)

.PHONY: box box-shell
box: $(BOX_DIR)/box.json ## make the Xen host for RIG=box from Debian's packages

$(BOX_DIR)/box.json: mk/build-box.sh mk/box-init
	$(call say,BOX,$(BOX_DIR) (half a minute))
	$(Q)sh mk/build-box.sh '$(BOX_DIR)' '$(BOX_KERNEL)' '$(BOX_UTILS)'

box-shell: box xen $(BUILD)/pvmmu guest workloads ## a console in the box, with VARIANT's image: xl, pvmmu --rig xl; exit leaves it
	$(Q)sh mk/box-shell.sh $(BUILD) $(BUILD)/guest/xen64/initramfs.cpio $(filter $(BUILD)/guest/xen64/%,$(foreach i,$(call file_name,$(WANTED)),$(call image_file,$(i))))

CHECK_DEPS += box
