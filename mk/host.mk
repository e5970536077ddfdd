# SPDX-License-Identifier: MIT
# The host program: bench/**.c -> $(BUILD)/pvmmu, and $(BUILD)/san/pvmmu with sanitizers for the
# tests. A new file in a room of bench/ or in collectors/ is found by wildcard.


HOST_CSTD   := -std=gnu11 -D_GNU_SOURCE
HOSTCFLAGS  ?= -O2 -g
HOST_SAN    := -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
HOST_CFLAGS := $(HOST_CSTD) $(WARNINGS) -Werror=implicit-function-declaration -pthread $(PREFIX_MAP) -Ibench -I.
HOST_LIBS   := -ljansson -lmd -lsqlite3 -lm -pthread

HOST_SRC     := $(sort $(wildcard bench/*.c bench/*/*.c bench/*/*/*.c collectors/*.c))
HOST_OBJ     := $(HOST_SRC:%.c=$(BUILD)/obj/%.o) $(BUILD)/obj/bench/version.o
HOST_SAN_OBJ := $(HOST_SRC:%.c=$(BUILD)/san/obj/%.o) $(BUILD)/san/obj/bench/version.o

# Unit tests link everything but main().
HOST_UNIT     := $(patsubst tests/unit/%.c,%,$(sort $(wildcard tests/unit/host_*.c)))
HOST_UNIT_BIN := $(HOST_UNIT:%=$(BUILD)/test-unit/%)

.PHONY: host host-san host-unit
host: $(BUILD)/pvmmu $(HOST_PACKAGES)
host-san: $(BUILD)/san/pvmmu
host-unit: $(HOST_UNIT_BIN)

# Packages that `pvmmu doctor` looks for: package, the target that installs it, its purpose.
HOST_PACKAGES := $(BUILD)/share/packages.tsv
$(HOST_PACKAGES): mk/deps.mk
	@mkdir -p $(@D)
	$(Q)printf '%s\n' $(foreach d,$(DEPS),'deps:$d') $(foreach d,$(XEN_BUILD_DEPS),'deps-xen-build:$d') | \
		awk -F: '!seen[$$2]++ { gsub("_", " ", $$3); printf "%s\t%s\t%s\n", $$2, $$1, $$3 }' > $@

$(BUILD)/pvmmu: $(HOST_OBJ) | $(HOST_PACKAGES)
	$(call say,LD,$@)
	$(Q)$(CC) -o $@ $(HOST_OBJ) $(HOST_LIBS)

$(BUILD)/san/pvmmu: $(HOST_SAN_OBJ)
	$(call say,LD,$@)
	$(Q)$(CC) $(HOST_SAN) -o $@ $(HOST_SAN_OBJ) $(HOST_LIBS)

$(BUILD)/obj/bench/%.o: bench/%.c mk/host.mk
	@mkdir -p $(@D)
	$(call say,CC,$@)
	$(Q)$(CC) $(HOST_CFLAGS) $(HOSTCFLAGS) -MMD -MP -c -o $@ $<

$(BUILD)/obj/collectors/%.o: collectors/%.c mk/host.mk
	@mkdir -p $(@D)
	$(call say,CC,$@)
	$(Q)$(CC) $(HOST_CFLAGS) $(HOSTCFLAGS) -MMD -MP -c -o $@ $<

$(BUILD)/san/obj/bench/%.o: bench/%.c mk/host.mk
	@mkdir -p $(@D)
	$(call say,CC,$@)
	$(Q)$(CC) $(HOST_CFLAGS) $(HOST_SAN) -MMD -MP -c -o $@ $<

$(BUILD)/san/obj/collectors/%.o: collectors/%.c mk/host.mk
	@mkdir -p $(@D)
	$(call say,CC,$@)
	$(Q)$(CC) $(HOST_CFLAGS) $(HOST_SAN) -MMD -MP -c -o $@ $<

$(BUILD)/obj/bench/version.o $(BUILD)/san/obj/bench/version.o: %/version.o: $(BUILD)/obj/version.c
	@mkdir -p $(@D)
	$(call say,CC,$@)
	$(Q)$(CC) $(HOST_CFLAGS) $(HOSTCFLAGS) -c -o $@ $<

# Written anew only when it changes, so that asking git each time rebuilds nothing.
$(BUILD)/obj/version.c: host-version
	@mkdir -p $(@D)
	@v=$$(sh mk/describe.sh --tags || cat VERSION 2>/dev/null || echo unknown); \
	c=$$($(SOURCE_COMMIT)); \
	printf '#include "lib/options.h"\n\nconst char PVMMU_VERSION[] = "%s", PVMMU_COMMIT[] = "%s";\n' "$$v" "$$c" > $@.tmp; \
	cmp -s $@.tmp $@ && rm $@.tmp || mv $@.tmp $@
.PHONY: host-version

$(HOST_UNIT_BIN): $(BUILD)/test-unit/%: tests/unit/%.c $(filter-out %/main.o,$(HOST_SAN_OBJ)) mk/host.mk
	@mkdir -p $(@D)
	$(call say,TEST,$@)
	$(Q)$(CC) $(HOST_CFLAGS) $(HOST_SAN) -MMD -MP -MF $@.d \
		-o $@ $< $(filter-out %/main.o,$(HOST_SAN_OBJ)) $(HOST_LIBS) -lcmocka

CHECK_DEPS += $(BUILD)/pvmmu $(BUILD)/san/pvmmu $(HOST_UNIT_BIN)

-include $(HOST_OBJ:.o=.d) $(HOST_SAN_OBJ:.o=.d) $(wildcard $(BUILD)/test-unit/host_*.d)
