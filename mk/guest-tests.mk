# SPDX-License-Identifier: MIT
# Programs that tests/guest/*.t run inside the guest: built like workloads, but
# not among them. $(BUILD)/test-guest/NAME, and for i386 $(BUILD)/test-guest32/NAME.
#
# Below musl/ and glibc/ are programs that know nothing of us: they print, and what they print on
# this Linux is what they must print in the guest.

PLAIN_TEST_CFLAGS := -std=gnu11 -O1 $(WARNINGS) -Werror -static -pthread
GUEST_ABI_TESTS   := $(patsubst tests/guest/abi/%.c,%,$(wildcard tests/guest/abi/*.c))
PLAIN_TESTS       := $(patsubst tests/guest/programs/%.c,%,$(wildcard tests/guest/programs/*.c))

# $(1): '' or 32; $(2), $(3): compilers with musl and with glibc
define guest_tests
GUEST_TEST_BINS$(1)  := $$(GUEST_ABI_TESTS:%=$$(BUILD)/test-guest$(1)/%)
PLAIN_TEST_BINS$(1)  := $$(foreach l,musl glibc,$$(PLAIN_TESTS:%=$$(BUILD)/test-guest$(1)/$$(l)/%))

$$(GUEST_TEST_BINS$(1)): $$(BUILD)/test-guest$(1)/%: tests/guest/abi/%.c tests/guest/width.h $$(WORKLOAD_HARNESS$(1)) mk/guest-tests.mk
	@mkdir -p $$(@D)
	$$(call say,MUSLCC,$$@)
	$$(Q)$(2) $$(WORKLOAD_CFLAGS) $$(WORKLOAD_LDFLAGS) -Iworkloads -o $$@ $$< $$(WORKLOAD_HARNESS$(1))

$$(PLAIN_TESTS:%=$$(BUILD)/test-guest$(1)/musl/%): $$(BUILD)/test-guest$(1)/musl/%: tests/guest/programs/%.c tests/guest/width.h mk/guest-tests.mk
	@mkdir -p $$(@D)
	$$(call say,MUSLCC,$$@)
	$$(Q)$(2) $$(PLAIN_TEST_CFLAGS) $$(if $(1),-msse2) -o $$@ $$<

$$(PLAIN_TESTS:%=$$(BUILD)/test-guest$(1)/glibc/%): $$(BUILD)/test-guest$(1)/glibc/%: tests/guest/programs/%.c tests/guest/width.h mk/guest-tests.mk
	@mkdir -p $$(@D)
	$$(call say,CC,$$@)
	$$(Q)$(3) $$(PLAIN_TEST_CFLAGS) $$(if $(1),-msse2) -o $$@ $$<
endef
$(eval $(call guest_tests,,$(MUSL_CC),$(CC)))
$(eval $(call guest_tests,32,$(I386)/musl-gcc,$(I386)/glibc-gcc))
$(PLAIN_TEST_BINS32): $(I386)/musl-gcc

.PHONY: guest-tests32
guest-tests32: $(GUEST_TEST_BINS32) $(PLAIN_TEST_BINS32)

CHECK_DEPS += $(GUEST_TEST_BINS) $(PLAIN_TEST_BINS)
