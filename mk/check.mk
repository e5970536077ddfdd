# SPDX-License-Identifier: MIT
# Tests are tests/unit/host_*.c (built by mk/host.mk), other fragments' programs in TEST_PROGRAMS, and
# tests/{cli,guest}/*.t. Fragments add the files that tests need to CHECK_DEPS.
#
#	make check				all tests
#	make check T=tests/cli/plan.t		one test
#	make check T=bench/compare/notes.c	the tests that the file touches (tests/touching.tsv)

TEST_PROGRAMS += $(HOST_UNIT_BIN)
TEST_FILES     = $(sort $(TEST_PROGRAMS)) $(sort $(wildcard tests/cli/*.t tests/guest/*.t))
TEST_DEADLINE ?= 900
ifneq ($(filter-out %.t $(BUILD)/test-unit/%,$(T)),)
TOUCHED := $(shell tests/touching $(T) || echo error)
ifeq ($(TOUCHED),error)
$(error T=$(T): no tests)
endif
endif
TEST_WANTED = $(if $(TOUCHED),$(foreach t,$(TOUCHED),$(filter $(subst *,%,$t),$(TEST_FILES))),$(T))
# The tests of a source file need their programs, pvmmu, and a few images where a guest boots.
# Everything else is built only for a guest test that is not short.t.
TOUCHED_NEEDS = $(filter $(BUILD)/%,$(TEST_WANTED)) $(BUILD)/pvmmu \
	$(if $(filter tests/cli/%,$(TEST_WANTED)),$(BUILD)/san/pvmmu) \
	$(if $(filter tests/cli/workloads_%,$(TEST_WANTED)),workloads $(WORKLOAD_SAN)) \
	$(if $(filter tests/cli/rigs_host.t,$(TEST_WANTED)),workloads) \
	$(if $(filter tests/guest/short.t,$(TEST_WANTED)),xen workloads $(foreach v,eager batched highpte native,$(call image_file,$v)) $(GUEST_SHARED)) \
	$(if $(filter-out tests/guest/short.t,$(filter tests/guest/%,$(TEST_WANTED))),all check-deps)
# The number of tests at a time; tests in the guest run one after the other.
TEST_JOBS     ?= 2

.PHONY: check check-deps
check-deps: $(CHECK_DEPS)
# NEEDS lists the files that the tests need; make then builds only those.
check: $(or $(NEEDS),$(if $(TOUCHED),$(TOUCHED_NEEDS)),all check-deps) ## run all tests (T=FILES for some, or for those that source files touch; NEEDS=build/san/pvmmu to build no more than that before)
	@tests/run.pl $(if $(V),-v) -t $(TEST_DEADLINE) -j $(TEST_JOBS) $(if $(T),$(TEST_WANTED),$(TEST_FILES))

# The script uses a temporary directory and removes it; its status 3 is "skipped".
.PHONY: check-fresh
check-fresh: ## the README's commands in a minimal system of its own, as root: SUITE=bookworm, WHOLE=1 for all tests
	@.ci/fresh $(if $(WHOLE),-w) $(SUITE)

# Stops machines at random moments to see whether it matters. It keeps finished work, so it may be interrupted.
.PHONY: exactness
exactness: $(BUILD)/pvmmu xen guests workloads ## is the exact tier exact? STATES=20 BOOTS=20 VCPUS=2,4,8 VARIANT=eager,batched,splitptl BUSY=0,4
	$(Q)tests/exactness.pl 'STATES=$(STATES)' 'BOOTS=$(BOOTS)' 'BUSY=$(BUSY)' 'STOPS=$(STOPS)' 'JOBS=$(JOBS)' 'AGAIN=$(AGAIN)' \
		$(foreach v,VCPUS VARIANT WORKLOAD,$(if $(filter command line,$(origin $(v))),'$(v)=$($(v))'))
