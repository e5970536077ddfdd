# SPDX-License-Identifier: MIT
# make lint: cppcheck on all C files. mk/lint.cfg describes macros of system headers, mk/lint.suppress lists
# reports that are no fault. Without cppcheck it says so and succeeds; `make deps-lint` installs it.

LINT_FLAGS := --enable=warning,performance,portability --inline-suppr --std=c11 --language=c --quiet \
	--library=posix --library=mk/lint.cfg --suppressions-list=mk/lint.suppress --suppress=unmatchedSuppression \
	--template='{file}:{line}: {severity} {id}: {message}' --error-exitcode=1

# The guest kernel is looked at as this variant.
LINT_VARIANT := $(BUILD)/guest/xen64/batched/gen/variant.h

LINT_DEPS := cppcheck:looks_for_faults_in_C

.PHONY: deps-lint lint
deps-lint: $(LINT_VARIANT) ## install what `make lint` needs
	@$(call deps_install,$(LINT_DEPS))

lint: $(LINT_VARIANT) ## look for faults in C with cppcheck; LINT_FILES=... for some
	$(Q)if ! command -v cppcheck >/dev/null; then echo 'lint: skipped, cppcheck is not installed: make deps-lint'; exit 0; fi; \
	cppcheck $(LINT_FLAGS) -j $(shell nproc) -Ibench -I. -D_GNU_SOURCE $(or $(LINT_FILES),bench collectors workloads) && \
	$(if $(LINT_FILES),:,cppcheck $(LINT_FLAGS) -j $(shell nproc) -Iguest-kernel -I. -I$(dir $(LINT_VARIANT)) guest-kernel)
