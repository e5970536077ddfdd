# SPDX-License-Identifier: MIT
# pvmmu: `make help` lists the targets. Each part of the build has a fragment
# in mk/; all products go below build/.

BUILD := build
CC ?= gcc
ifeq ($(origin CC),default)
CC := gcc
endif
define newline


endef
ifneq ($(findstring $(newline),$(CURDIR)),)
$(error the path of these sources holds a line break, with which make cannot work: rename the directory)
endif
ifneq ($(words $(BUILD)),1)
$(error BUILD=$(BUILD): expected a name without blanks, as make's names of files have none)
endif

# A word of the shell: the path of the tree may hold blanks, quotes and any other character of a name.
quote = '$(subst ','\'',$(1))'
# This path does not appear in any product.
PREFIX_MAP := -ffile-prefix-map=$(call quote,$(CURDIR))=.
WARNINGS := -Wall -Wextra -Wmissing-prototypes -Wstrict-prototypes -Wvla -Wwrite-strings

# One locale for sort orders, ranges of letters and messages. Before make 4.4, commands that run while
# make reads this file do not get it.
export LC_ALL := C.UTF-8
unexport LANGUAGE

# V=1 shows commands.
ifeq ($(V),1)
Q :=
say =
else
Q := @
say = @printf '  %-6s %s\n' '$(1)' '$(2)'
endif

# Variables of `make bench`; `build/pvmmu run --help` explains their values.
VARIANT ?= eager
WORKLOAD ?=
ENV ?=
RIG ?= solo
# By default the rig decides: exact in an emulator, wall on real machines.
TIER ?=
VCPUS ?= 1
MEM ?= 512
SEEDS ?= 1
SEED ?=
COLLECT ?=

# Builds use all processors, unless -j gives a number. This is only done if no goal has to wait for
# another.
ifeq ($(filter-out deps all check check-deps guests workloads xen box plugin symbols,$(MAKECMDGOALS)),)
ifeq ($(filter -j%,$(MAKEFLAGS)),)
MAKEFLAGS += -j$(shell nproc)
endif
endif

.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

.PHONY: help
help: ## this text
	@printf 'Usage: make TARGET [VARIABLE=value]...\n\nTargets:\n'
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  \1\t\2/p' Makefile mk/*.mk | sort | expand -t 16
	@printf '\nVariables of bench, with their defaults:\n'
	@printf '  %-12s %s\n' 'VARIANT=$(VARIANT)' 'one or more of: $(VARIANTS)' '' '  or custom:AXIS=VALUE,... with axes left out as in eager; `build/pvmmu list axes`' \
		'WORKLOAD=' 'one or more of: $(WORKLOADS); parameters as in fork:mb=0,1,4..256:n=64' '' '  default: $(BENCH_WORKLOADS)' \
		'MEM=$(MEM)' 'MiB of the guest' 'SEEDS=$(SEEDS)' 'how many seeds, from 1 on; a boot for each' 'SEED=' 'or these: one or more numbers' 'VCPUS=$(VCPUS)' 'one or more numbers, as in 1,2,4..8; a boot for each' 'ENV=' 'xen32: the same for 32-bit PAE; others refuse variants for another one: xen64, native64' 'RIG=$(RIG)' 'solo, box, xl or host; `build/pvmmu list rigs`' 'TIER=$(TIER)' 'exact or wall; empty: what the rig is made for' 'COLLECT=' 'collectors besides the usual ones; `build/pvmmu list collectors`' \
		'OUT=' 'result file; default results/ENV~VARIANT.json'
	@printf '\nV=1 shows commands.\n'

include mk/deps.mk mk/workloads.mk mk/xen.mk mk/guest.mk $(wildcard mk/host.mk mk/fuzz.mk mk/plugin.mk mk/plots.mk mk/box.mk mk/bench.mk mk/docs.mk mk/lint.mk mk/unit-guest.mk mk/guest-tests.mk mk/check.mk)

# A misspelt variable would have no effect without notice, so it is an error. The check is skipped if no variable is given.
GIVEN := $(sort $(foreach name_,$(filter-out -%,$(.VARIABLES)),$(if $(filter command,$(firstword $(origin $(name_)))),$(name_))))
ifneq ($(filter-out V T MAKEFLAGS,$(GIVEN)),)
SPELLING := $(shell LC_ALL=C awk -v given=$(call quote,$(GIVEN)) -f mk/nearest.awk -f mk/variables.awk Makefile mk/*.mk)
ifeq ($(firstword $(SPELLING)),error)
$(error $(wordlist 2,99,$(SPELLING)))
endif
$(if $(SPELLING),$(warning $(wordlist 2,99,$(SPELLING))))
endif

.PHONY: all clean
all: $(BUILD)/pvmmu guests xen workloads ## build everything

clean: ## remove build/ (results/ stay)
	rm -rf $(BUILD)
