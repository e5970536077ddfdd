# SPDX-License-Identifier: MIT
# Programs that tests/guest/*.t run inside the guest: built like workloads, but
# not among them. $(BUILD)/test-guest/NAME

GUEST_TEST_BINS := $(patsubst tests/guest/abi/%.c,$(BUILD)/test-guest/%,$(wildcard tests/guest/abi/*.c))

$(GUEST_TEST_BINS): $(BUILD)/test-guest/%: tests/guest/abi/%.c $(WORKLOAD_HARNESS) mk/guest-tests.mk
	@mkdir -p $(@D)
	$(call say,MUSLCC,$@)
	$(Q)$(MUSL_CC) $(WORKLOAD_CFLAGS) $(WORKLOAD_LDFLAGS) -Iworkloads -o $@ $< $(WORKLOAD_HARNESS)

CHECK_DEPS += $(GUEST_TEST_BINS)

# Programs that know nothing of us: they print, and what they print on this Linux is what
# they must print in the guest. Once with each C library. $(BUILD)/test-guest/LIBRARY/NAME
PLAIN_TESTS       := $(patsubst tests/guest/programs/%.c,%,$(wildcard tests/guest/programs/*.c))
PLAIN_TEST_CFLAGS := -std=gnu11 -O1 $(WARNINGS) -Werror -static -pthread
$(foreach n,$(PLAIN_TESTS),$(eval $(BUILD)/test-guest/musl/$(n) $(BUILD)/test-guest/glibc/$(n): tests/guest/programs/$(n).c mk/guest-tests.mk))
$(PLAIN_TESTS:%=$(BUILD)/test-guest/musl/%):
	@mkdir -p $(@D)
	$(call say,MUSLCC,$@)
	$(Q)$(MUSL_CC) $(PLAIN_TEST_CFLAGS) -o $@ $<
$(PLAIN_TESTS:%=$(BUILD)/test-guest/glibc/%):
	@mkdir -p $(@D)
	$(call say,CC,$@)
	$(Q)$(CC) $(PLAIN_TEST_CFLAGS) -o $@ $<

CHECK_DEPS += $(foreach l,musl glibc,$(PLAIN_TESTS:%=$(BUILD)/test-guest/$(l)/%))
