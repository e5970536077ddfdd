# SPDX-License-Identifier: MIT
# Fuzzers of what reads foreign bytes: tests/fuzz/NAME.c -> $(BUILD)/fuzz/NAME, with clang's libFuzzer
# and sanitizers. Each begins from the examples in tests/fuzz/corpus/NAME; what it finds goes below
# $(BUILD)/fuzz, and what it crashes on belongs into the corpus once it is repaired.
#
#	make fuzz				a minute each
#	make fuzz FUZZ=perf FUZZ_RUNS=10000000	one, so many inputs

FUZZ_DIR      := $(BUILD)/fuzz
FUZZ_ALL      := $(patsubst tests/fuzz/%.c,%,$(sort $(wildcard tests/fuzz/*.c)))
FUZZ          ?= $(FUZZ_ALL)
ifneq ($(and $(filter fuzz,$(MAKECMDGOALS)),$(filter-out $(FUZZ_ALL),$(FUZZ))),)
$(error FUZZ=$(FUZZ): there is no such fuzzer; valid: $(FUZZ_ALL))
endif
FUZZ_BIN      := $(FUZZ_ALL:%=$(FUZZ_DIR)/%)
FUZZ_SECONDS  ?= 60
# 0 or less: until the seconds are over.
FUZZ_RUNS     ?= -1
FUZZ_OBJ      := $(patsubst %.c,$(FUZZ_DIR)/obj/%.o,$(filter-out bench/main.c,$(HOST_SRC)) $(BUILD)/obj/version.c)
FUZZ_CFLAGS   := $(HOST_CFLAGS) -O2 -g -fno-omit-frame-pointer -fno-sanitize-recover=all -Ibench -I.

$(FUZZ_DIR)/obj/%.o: %.c mk/fuzz.mk
	@mkdir -p $(@D)
	$(call say,CC,$@)
	$(Q)clang $(FUZZ_CFLAGS) -fsanitize=fuzzer-no-link,address,undefined -MMD -MP -c -o $@ $<

$(FUZZ_BIN): $(FUZZ_DIR)/%: tests/fuzz/%.c $(FUZZ_OBJ) mk/fuzz.mk
	$(call say,LD,$@)
	$(Q)clang $(FUZZ_CFLAGS) -fsanitize=fuzzer,address,undefined -MMD -MP -MF $@.d \
		-o $@ $< $(FUZZ_OBJ) $(HOST_LIBS)

# Deeper stacks at each allocation, and more memory that is kept from use, would cost most of the time.
FUZZ_ASAN = ASAN_OPTIONS=malloc_context_size=4:quarantine_size_mb=16

# For each test run, without clang: the same with the objects of the unit tests, fed by chance.
FUZZ_REPLAY := $(FUZZ_ALL:%=$(BUILD)/test-unit/fuzz_%)
$(FUZZ_REPLAY): $(BUILD)/test-unit/fuzz_%: tests/fuzz/%.c tests/fuzz/harness/replay.c tests/fuzz/fuzz.h \
		$(filter-out %/main.o,$(HOST_SAN_OBJ)) mk/fuzz.mk
	@mkdir -p $(@D)
	$(call say,TEST,$@)
	$(Q)$(CC) $(HOST_CFLAGS) $(HOST_SAN) -Ibench -I. -o $@ $< tests/fuzz/harness/replay.c \
		$(filter-out %/main.o,$(HOST_SAN_OBJ)) $(HOST_LIBS)
CHECK_DEPS += $(FUZZ_REPLAY)

# Allocations that fail (tests/fault/allocations.c): the whole program without sanitizers, which have an
# allocator of their own; main() gets another name.
FAULT_BIN := $(BUILD)/test-unit/allocations
$(BUILD)/obj/fault/main.o: bench/main.c mk/fuzz.mk
	@mkdir -p $(@D)
	$(Q)$(CC) $(HOST_CFLAGS) $(HOSTCFLAGS) -Dmain=pvmmu_main -Wno-missing-prototypes -c -o $@ $<
$(FAULT_BIN): tests/fault/allocations.c $(filter-out %/main.o,$(HOST_OBJ)) $(BUILD)/obj/fault/main.o mk/fuzz.mk
	@mkdir -p $(@D)
	$(call say,TEST,$@)
	$(Q)$(CC) $(HOST_CFLAGS) $(HOSTCFLAGS) -fno-builtin-malloc -fno-builtin-calloc -fno-builtin-realloc -Wl,--wrap=regcomp -I. \
		-o $@ $< $(filter-out %/main.o,$(HOST_OBJ)) $(BUILD)/obj/fault/main.o $(HOST_LIBS)
CHECK_DEPS += $(FAULT_BIN)

.PHONY: fuzz fuzzers
fuzzers: $(FUZZ_BIN)
fuzz: $(FUZZ:%=$(FUZZ_DIR)/%) ## feed made-up bytes to what reads files and consoles: FUZZ=NAME, FUZZ_SECONDS=60, FUZZ_RUNS=N
	@for f in $(FUZZ); do \
		mkdir -p $(FUZZ_DIR)/found/$$f; \
		printf '%-10s ' "$$f"; \
		$(FUZZ_ASAN) $(FUZZ_DIR)/$$f -verbosity=0 -print_final_stats=1 -runs=$(FUZZ_RUNS) \
			-max_total_time=$(FUZZ_SECONDS) -max_len=1200 -close_fd_mask=1 \
			-artifact_prefix=$(FUZZ_DIR)/$$f- $(FUZZ_DIR)/found/$$f tests/fuzz/corpus/$$f \
			>$(FUZZ_DIR)/$$f.log 2>&1 || { echo; tail -n 60 $(FUZZ_DIR)/$$f.log >&2; exit 1; }; \
		sed -n 's/^stat::number_of_executed_units: */inputs: /p; s/^stat::average_exec_per_sec: */, a second: /p' \
			$(FUZZ_DIR)/$$f.log | tr -d '\n'; echo; \
	done

-include $(FUZZ_OBJ:.o=.d) $(wildcard $(FUZZ_DIR)/*.d)
