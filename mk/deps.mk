# SPDX-License-Identifier: MIT
# make deps: installs the Debian packages that the build, the rig and the tests need, and says what
# each is for. If no package is missing, it is silent, quick and does not use the network. For Debian 12 and 13.
#
# The Xen hypervisor is not in the list: mk/xen.mk extracts it below $(BUILD) and never installs it.
# make and git are assumed to be installed.

BUILD ?= build
DEPS_STAMP := $(BUILD)/deps.stamp

# package:purpose, with words joined by _ .
DEPS := \
	gcc:compiles_the_guest_kernel_and_pvmmu,_with_its_sanitizers_for_the_tests \
	libc6-dev:headers_of_the_C_library \
	binutils:linker_and_objcopy_for_the_guest \
	clang:second_compiler_of_the_guest_kernel \
	clang-format:checks_the_formatting \
	musl-tools:static_programs_for_the_guest \
	busybox-static:the_shell_and_the_tools_that_run_in_the_guest \
	cpio:packs_the_initramfs \
	libjansson-dev:JSON_in_pvmmu \
	libmd-dev:SHA-256_in_pvmmu \
	libsqlite3-dev:the_index_of_result_sets_in_pvmmu \
	libcmocka-dev:unit_tests \
	libxen-dev:Xen_interface_headers \
	xz-utils:decompresses_the_kernel_of_the_box \
	zstd:decompresses_the_kernel_of_the_box \
	qemu-system-x86:the_machine_that_Xen_boots_on \
	gnuplot-nox:charts \
	fonts-dejavu-core:text_in_PNG_charts \
	python3:runs_the_schema_validator_in_the_tests \
	python3-jsonschema:reference_validator_in_the_tests \
	chromium:shows_pages_in_the_tests \
	chromium-driver:drives_Chromium_in_the_tests \
	python3-selenium:drives_Chromium_in_the_tests \
	perl:runs_the_tests \
	jq:reads_JSON_in_the_tests \
	linux-perf:counts_on_rig_host \
	mandoc:checks_the_manual_page_in_the_tests \
	zsh:tries_the_completion_in_the_tests \
	fish:tries_the_completion_in_the_tests \
	strace:makes_system_calls_fail_in_the_tests

.PHONY: deps deps-force
deps: ## install the packages that are missing, with apt; nothing else does
	@:

# In `make deps bench` the other fragments have asked for compilers and versions before anything
# was installed. So it is installed as if a makefile were out of date: make then starts anew and
# asks again. Not in a dry run, and not a second time.
ifneq ($(filter deps,$(MAKECMDGOALS)),)
ifeq ($(MAKE_RESTARTS)$(findstring n,$(filter-out --%,$(firstword -$(MAKEFLAGS)))),)
include $(DEPS_STAMP)
endif
endif

deps_names = $(foreach d,$(1),$(firstword $(subst :, ,$d)))
# Shell commands that install the missing packages of $(1).
define deps_install
command -v apt-get >/dev/null && command -v dpkg-query >/dev/null || { \
		echo 'make deps: this machine has no apt; install by hand: $(call deps_names,$(1))' >&2; exit 1; }; \
	have=$$(dpkg-query -W -f '$${db:Status-Status} $${Package}\n' $(call deps_names,$(1)) 2>/dev/null \
		| sed -n 's/^installed //p'); \
	missing=; \
	for d in $(foreach d,$(1),'$d'); do \
		package=$${d%%:*}; \
		if ! printf '%s\n' "$$have" | grep -qxF "$$package"; then \
			[ -n "$$missing" ] || echo 'make deps: installing with apt'; \
			missing="$$missing $$package"; \
			printf '  %-20s %s\n' "$$package" "$$(printf '%s' "$${d#*:}" | tr _ ' ')"; \
		fi; \
	done; \
	[ -n "$$missing" ] || exit 0; \
	sudo=; \
	if [ "$$(id -u)" != 0 ]; then \
		command -v sudo >/dev/null || { \
			echo "make deps: neither root nor sudo. As root: apt-get install$$missing" >&2; exit 1; }; \
		sudo=sudo; \
	fi; \
	$$sudo apt-get update -q && \
	$$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $$missing
endef

$(DEPS_STAMP): deps-force
	@mkdir -p $(dir $(DEPS_STAMP)); [ -e $(DEPS_STAMP) ] || : > $(DEPS_STAMP); \
	$(call deps_install,$(DEPS)) && \
	echo "#$$missing" > $(DEPS_STAMP)

# Packages that build a hypervisor (mk/xen.mk); few users need them.
XEN_BUILD_DEPS := \
	dpkg-dev:unpacks_the_source_package \
	xz-utils:decompresses_it \
	patch:applies_the_changes_of_Debian \
	flex:reads_the_configuration_of_Xen \
	bison:reads_the_configuration_of_Xen \
	gcc:compiles_Xen \
	binutils:links_Xen \
	python3:generates_parts_of_Xen

# Debian's Xen boots no 32-bit guests: one that does is built.
ifeq ($(ENV),xen32)
DEPS += $(XEN_BUILD_DEPS)
endif

# Packages with which .ci/fresh installs a system.
FRESH_DEPS := debootstrap:installs_a_minimal_system_into_a_directory

.PHONY: deps-fresh
deps-fresh: ## install what `make check-fresh` needs
	@$(call deps_install,$(FRESH_DEPS))

.PHONY: deps-xen-build
deps-xen-build: ## install what `make xen FLAVOUR=...` builds with
	@$(call deps_install,$(XEN_BUILD_DEPS))
