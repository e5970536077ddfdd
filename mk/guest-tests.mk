# SPDX-License-Identifier: MIT
# Programs that tests/guest/*.t run inside the guest: built like workloads, but
# not among them. $(BUILD)/test-guest/NAME

GUEST_TEST_BINS := $(patsubst tests/guest/abi/%.c,$(BUILD)/test-guest/%,$(wildcard tests/guest/abi/*.c))

$(GUEST_TEST_BINS): $(BUILD)/test-guest/%: tests/guest/abi/%.c $(WORKLOAD_HARNESS) mk/guest-tests.mk
	@mkdir -p $(@D)
	$(call say,MUSLCC,$@)
	$(Q)$(MUSL_CC) $(WORKLOAD_CFLAGS) $(WORKLOAD_LDFLAGS) -Iworkloads -o $@ $< $(WORKLOAD_HARNESS)

CHECK_DEPS += $(GUEST_TEST_BINS)
