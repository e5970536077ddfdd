# SPDX-License-Identifier: MIT
# Documents whose numbers come from result sets: mk/docs.py explains it, docs/data has the sets, and
# this file says how each is measured. To add a set, add a line DOCS_NAME, and the name to DOCS_SETS.

DOCS_DATA := $(BUILD)/docs-data
DOCS_NAMED := nopin,wrpt,eager,batched,splitptl,highpte,native,native-splitptl,native-highpte
DOCS_DEPTHS := custom:update=mmu/va,batch=multicall,depth=1,2,4..128
DOCS_ALL_AXES := custom:pin=none+eager,update=va+mmu/va,batch=off+multicall,ptl=mm+split,pte=low+high,$\
	custom:pin=none+eager,update=emulate,ptl=mm+split,pte=low+high

DOCS_SETS := matrix seeds depth threads profile ctx box pin-batch host-a host-b matrix4 factorial perfc
DOCS_matrix    := --matrix
DOCS_matrix4   := --matrix --vcpus 4
DOCS_seeds     := --variant eager,native --workload fork:mb=16,exec,pagefault,munmap,shell,ctx,mixed --seed 1..8
DOCS_depth     := --variant $(DOCS_DEPTHS) --workload munmap,mprotect,fork_dirty:mb=16,fork:mb=16,vmalloc:case=3
DOCS_threads   := --variant batched,splitptl,native,native-splitptl --workload threads_fault:threads=2,4,8 --vcpus 2,4,8
DOCS_profile   := --collect insn:symbols:top=20 --variant $(DOCS_NAMED) $\
	--workload fork:mb=1:n=8,fork:mb=64:n=2,exec:n=8,mprotect:n=16,vmalloc:n=32
DOCS_ctx       := --variant nopin --workload ctx:n=16:mb=0,1,2,3,4,8,16
DOCS_box       := --rig box --variant eager --workload $(BENCH_WORKLOADS)
DOCS_factorial := --variant $(DOCS_ALL_AXES) $\
	--workload fork:mb=0,16,fork_dirty:mb=16,exec,mprotect,munmap,vmalloc:case=3,pagefault,ctx
DOCS_pin-batch := --variant custom:pin=none+eager,update=mmu/va,batch=off+multicall --workload exec,munmap --seeds 4
# Xen's own counters, in a build of it: `make deps-xen-build xen FLAVOUR=perfc` before.
DOCS_perfc     := --xen perfc --variant eager,batched,splitptl --workload null_syscall,fork,exec,pagefault,fork:mb=64:n=4 --collect xenperf
DOCS_host-a    := --rig host --workload null_syscall,fork,exec --seeds 8
DOCS_host-b    := $(DOCS_host-a)

# Sets are measured one after the other, because each uses all processors, and times need an idle machine. If
# interrupted, the next call continues; a set of another guest is measured anew.
.PHONY: docs docs-data docs-check release-check $(DOCS_SETS:%=docs-data-%)
$(DOCS_SETS:%=docs-data-%): docs-data-%: $(PVMMU) xen box guests workloads plugin symbols
	@mkdir -p $(DOCS_DATA)
	$(if $(findstring custom:,$(DOCS_$*)),$(Q)$(MAKE) --no-print-directory guest \
		VARIANT='$(filter custom:%,$(DOCS_$*))')
	$(if $(findstring --xen ,$(DOCS_$*)),$(Q)$(MAKE) --no-print-directory deps-xen-build && $(MAKE) --no-print-directory xen FLAVOUR=perfc)
	@echo 'docs-data: $*'
	$(Q)$(PVMMU) run $(DOCS_$*) --out $(DOCS_DATA)/$*.json --resume || [ $$? -eq 3 ]

docs-data: $(PVMMU) ## measure the quoted numbers of README and docs anew, into docs/data; SETS='matrix seeds' for some
	$(Q)for s in $(or $(SETS),$(DOCS_SETS)); do $(MAKE) --no-print-directory docs-data-$$s && \
		python3 mk/docs.py pack $(DOCS_DATA)/$$s.json || exit; done

DOCS_CHARTS := --variant $(DOCS_NAMED) --workload fork:mb=16,fork_dirty:mb=16,exec:libc=1,munmap,mprotect,pagefault

docs: $(PVMMU) ## write numbers, tables and charts of README and docs anew from docs/data
	$(Q)python3 mk/docs.py unpack
	$(Q)$(PVMMU) plot $(BUILD)/docs/results/matrix.json $(DOCS_CHARTS) -o docs/img/variants.svg --theme both
	$(Q)python3 mk/docs.py write
	$(Q)python3 mk/architecture.py write

.PHONY: architecture
architecture: ## draw docs/img/architecture.svg from the #include lines
	$(Q)python3 mk/architecture.py write

docs-check: $(PVMMU) ## check that the numbers in README and docs are those of docs/data
	$(Q)python3 mk/docs.py check

# These checks must hold before a release, and may fail until then.
release-check: $(PVMMU) ## docs-check, and docs/data is complete and was measured on this guest
	$(Q)python3 mk/docs.py check --complete
	$(Q)python3 mk/docs.py fresh
