# SPDX-License-Identifier: MIT
# Targets that call build/pvmmu. Read the verdict in verdict.json, because make turns
# every failure into 2.

# A variant knows whether it runs on Xen; ENV says on which width, and checks it.
BENCH_ENV := $(subst $() ,+,$(sort $(foreach i,$(WANTED),$(call guest_env,$(i)))))
BENCH_XEN := $(if $(findstring xen64,$(BENCH_ENV)),xen) $(if $(findstring xen32,$(BENCH_ENV)),xen32)
OUT ?= results/$(BENCH_ENV)~$(call file_name,$(subst $(comma),+,$(VARIANT))).json
CHART = $(patsubst %.json,%,$(OUT)).svg
PVMMU = $(BUILD)/pvmmu
PVMMU_RUN = $(PVMMU) run $(if $(filter 1,$(V)),--verbose) $(if $(ENV),--env $(ENV)) --rig $(RIG) $(if $(TIER),--tier $(TIER)) \
	--vcpus $(VCPUS) --mem $(MEM) $(if $(COLLECT),--collect '$(COLLECT)') $(if $(SEED),--seed $(SEED),--seeds $(SEEDS))

# A bare `make bench` measures each workload once. Workloads whose cost depends on
# the size of the address space also run with 16 MiB touched.
BENCH_WORKLOADS := null,null_syscall,fork:mb=0,16,forkbomb,exec,ctx:mb=0,16

.PHONY: bench matrix figures compare bench-self
bench: $(PVMMU) $(BENCH_XEN) $(if $(filter box,$(RIG)),box) guest workloads ## measure VARIANT on WORKLOAD: result set, table and chart
	@mkdir -p $(dir $(OUT))
	$(Q)$(PVMMU_RUN) --variant '$(VARIANT)' --workload '$(or $(WORKLOAD),$(BENCH_WORKLOADS))' --out '$(OUT)'
	$(Q)$(PVMMU) plot '$(OUT)' -o '$(CHART)' --theme both
	$(Q)$(PVMMU) plot '$(OUT)' -o '$(CHART:.svg=.png)' --theme both

# All variants, and all workloads at the points that they declare. If it is interrupted, it keeps its
# results, and the next call continues.
matrix: OUT = results/matrix.json
matrix: $(PVMMU) xen guests workloads ## measure all variants on all workloads, into results/matrix.json; VCPUS=1,4 for more
	@mkdir -p $(dir $(OUT))
	$(Q)$(PVMMU_RUN) --matrix $(if $(WORKLOAD),--workload '$(WORKLOAD)') --out '$(OUT)' --resume

# The instructions of a sample of WORKLOAD, by owner and function; FOLDED=FILE for a flame graph.
.PHONY: profile
profile: $(PVMMU) $(BENCH_XEN) guest workloads plugin symbols ## instructions by function: VARIANT, WORKLOAD, FOLDED=FILE
	@mkdir -p results
	$(Q)$(PVMMU) profile --variant '$(VARIANT)' --workload '$(or $(WORKLOAD),fork)' --vcpus $(VCPUS) $(if $(FOLDED),--folded '$(FOLDED)')

FROM ?= results/matrix.json
figures: $(PVMMU) ## print the tables of a matrix as Markdown: FROM=results/matrix.json
	$(Q)$(PVMMU) compare '$(FROM)' --wide --tax --counters hypercalls --reference tests/linux-6.1.tsv --format md

compare: $(PVMMU) ## compare result sets: BASE=a.json NEW=b.json, BY=xen for columns
	@[ -n '$(BASE)' ] && [ -n '$(NEW)' ] || { echo 'usage: make compare BASE=a.json NEW=b.json' >&2; exit 64; }
	$(Q)$(PVMMU) compare $(if $(BY),--by '$(BY)') '$(BASE)' '$(NEW)'

.PHONY: history
history: $(PVMMU) ## result sets over time: VIEW=sets, series, points or changes; WORKLOAD=fork
	@mkdir -p results
	$(Q)$(PVMMU) history $(VIEW) $(if $(WORKLOAD),--workload '$(WORKLOAD)')

# Several gates are separated by spaces.
.PHONY: verdict
verdict: $(PVMMU) ## judge a result set: NEW=b.json BASE=a.json GATE='fork:insns<=+2%' DECLARATION=FILE
	@[ -n '$(NEW)' ] || { echo "usage: make verdict NEW=b.json [BASE=a.json] [GATE='fork:insns<=+2%'] [DECLARATION=FILE]" >&2; exit 64; }
	$(Q)$(PVMMU) verdict $(if $(BASE),--base '$(BASE)') $(foreach g,$(GATE),--gate '$g') $(if $(DECLARATION),--declaration '$(DECLARATION)') \
		$(if $(VERDICT),--out '$(VERDICT)') '$(NEW)'

.PHONY: aa
aa: $(PVMMU) $(BENCH_XEN) guest workloads ## measure VARIANT on WORKLOAD against itself: the noise floor; REPEAT=2
	@mkdir -p results
	$(Q)$(PVMMU) aa --variant '$(VARIANT)' --workload '$(or $(WORKLOAD),$(BENCH_WORKLOADS))' --rig $(RIG) $(if $(TIER),--tier $(TIER)) \
		--vcpus $(VCPUS) --mem $(MEM) --repeat $(or $(REPEAT),2)



.PHONY: effects
effects: $(PVMMU) ## what each axis of a policy does, and with which others: FROM=results/matrix.json WORKLOAD=fork
	$(Q)$(PVMMU) effects $(if $(WORKLOAD),--workload '$(WORKLOAD)') '$(FROM)'

.PHONY: man
man: $(BUILD)/pvmmu.1 ## the manual page: man -l build/pvmmu.1
$(BUILD)/pvmmu.1: $(PVMMU)
	$(Q)$(PVMMU) help --man > $@

# These targets read result sets, FROM='a.json b.json' or a directory; README and docs show them.
.PHONY: screenshots
screenshots: $(PVMMU) ## pictures of the site's pages in docs/img: FROM=results
	$(Q)$(PVMMU) dashboard -q -o $(BUILD)/screenshots $(if $(filter command line,$(origin FROM)),$(FROM),results)
	$(Q)/usr/bin/python3 tests/browser/screenshots.py $(BUILD)/screenshots docs/img

# TO=DIR, or TO=branch:NAME for a branch of git; REMOTE pushes that.
.PHONY: publish
publish: $(PVMMU) ## put the site where others read it: TO=DIR, or TO=branch:gh-pages REMOTE=origin; SITE=DIR
	@[ -n '$(TO)' ] || { echo 'usage: make publish TO=DIR | TO=branch:NAME [REMOTE=origin]' >&2; exit 64; }
	$(Q)$(PVMMU) publish $(if $(filter branch:%,$(TO)),--branch '$(patsubst branch:%,%,$(TO))',--to '$(TO)') $(if $(REMOTE),--remote '$(REMOTE)') \
		$(if $(SITE),--site '$(SITE)')

.PHONY: export
FORMAT ?=
export: $(PVMMU) ## result sets in another program's format: FROM=results/matrix.json FORMAT=csv TO=FILE
	$(Q)$(PVMMU) export $(if $(FORMAT),--format '$(FORMAT)') $(if $(TO),--out '$(TO)') '$(FROM)'

bench-self: $(PVMMU) xen guests workloads ## measure this harness: start-up time, and the figures of docs/measuring.md
	$(Q)sh tests/bench-self.sh $(BUILD)

.PHONY: bench-compare
bench-compare: $(PVMMU) ## measure `pvmmu compare` itself: time and memory over 2 x 1,000 rows of 100 samples
	$(Q)python3 tests/bench-compare.py $(PVMMU)

.PHONY: bench-history
bench-history: $(PVMMU) ## measure `pvmmu history` itself: index and questions over 10,000 result sets
	$(Q)python3 tests/bench-history.py $(PVMMU)

.PHONY: dashboard
dashboard: $(PVMMU) ## a site of results/: site/index.html; FROM=DIR for others, BASELINE=nopin
	$(Q)$(PVMMU) dashboard $(if $(BASELINE),--baseline '$(BASELINE)') $(if $(filter command line environment,$(origin FROM)),'$(FROM)')

.PHONY: bench-dashboard
bench-dashboard: $(PVMMU) ## measure `pvmmu dashboard` itself: 200 result sets made from FROM=results/matrix.json
	$(Q)python3 tests/bench-dashboard.py $(PVMMU) '$(FROM)'

# Draws pictures, light and dark. A history reads results/, not FROM.
.PHONY: plot
KIND ?= bars
plot: $(PVMMU) ## draw result sets: FROM=results/matrix.json KIND=heat; `build/pvmmu plot --help` lists the kinds
	$(Q)$(PVMMU) plot --kind '$(KIND)' $(if $(WORKLOAD),--workload '$(WORKLOAD)') $(if $(filter history,$(KIND)),,'$(FROM)') -o '$(patsubst %.json,%,$(FROM))-$(KIND).svg' --theme both
