#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# `make bench-history`: how long `pvmmu history` takes over many small result sets that are made up:
# SETS files of three runs (two workloads on the exact tier, one in real time with noise), a new
# commit every tenth, a slow stretch, a crash now and then. Prints Markdown: least and median of
# several times, and processor time, which a busy machine does not stretch; the largest memory, and
# the size of the index.
#
#	tests/bench-history.py PVMMU [SETS]
import copy, datetime, json, os, random, resource, subprocess, sys, tempfile, time

pvmmu = os.path.abspath(sys.argv[1])
sets = int(sys.argv[2]) if len(sys.argv) > 2 else 10000
repetitions = 5
here = os.path.dirname(os.path.abspath(__file__))
template = json.load(open(os.path.join(here, "golden", "two-variants.json")))


def result_set(number, chance):
    made = copy.deepcopy(template)
    when = datetime.datetime(2026, 1, 1) + datetime.timedelta(hours=number)
    made["created"] = when.strftime("%Y-%m-%dT%H:%M:%SZ")
    made["producer"]["version"] = "%07x" % (number // 10)
    made["observed"]["load_1min"] = chance.random()
    made["runs"] = [copy.deepcopy(template["runs"][i]) for i in (0, 2, 1)]
    slow = 1.1 if sets * 0.4 < number < sets * 0.6 else 1
    for run in made["runs"][:2]:
        run["series"][0]["samples"] = [s + number // 1000 for s in run["series"][0]["samples"]]
    wall = made["runs"][2]
    wall["id"] = wall["id"].replace("fork", "exec")
    wall["identity"]["workload"]["name"] = "exec"
    wall["identity"]["tier"] = "wall"
    wall["identity"]["qemu"]["accelerator"] = "kvm"
    wall["series"][0].update(name="time", unit="ns", exact=False,
                             samples=[round(1000 * slow * (1 + chance.expovariate(20)), 2) for _ in range(8)])
    if number % 500 == 499:
        for member in ("counters", "counted_iterations", "clock", "conserved", "timer_overhead"):
            wall.pop(member, None)
        wall.update(outcome={"status": "crash", "reason": "guest panic"}, series=[])
    return made


def cpu():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def measure(*words):
    """Seconds that passed, seconds of processor, output; what it complains about is shown."""
    start, before = time.monotonic(), cpu()
    got = subprocess.run([pvmmu, "history", "-q", *words], stdout=subprocess.PIPE)
    if got.returncode:
        sys.exit("%s: code %d" % (" ".join(words), got.returncode))
    return time.monotonic() - start, cpu() - before, got.stdout.decode()


def row(what, words, times):
    taken = [measure(*words)[:2] for _ in range(times)]
    seconds, processor = sorted(t[0] for t in taken), sorted(t[1] for t in taken)
    print("| %s | `pvmmu history %s` | %.3f | %.3f | %.3f |" % (
        what, " ".join(words[2:]), seconds[0], seconds[times // 2], processor[times // 2]))


with tempfile.TemporaryDirectory() as directory:
    chance = random.Random(1)
    for number in range(sets):
        with open(os.path.join(directory, "%06d.json" % number), "w") as f:
            json.dump(result_set(number, chance), f)
    size = sum(e.stat().st_size for e in os.scandir(directory))
    at = ["--results", directory]
    print("%d result sets of 3 runs, %.0f MB; seconds, of %d times:\n" % (sets, size / 1e6, repetitions))
    print("| | command | least | median | processor, median |\n|---|---|---:|---:|---:|")
    row("index all", at + ["--rebuild", "files", "--since", "2999-01-01"], 2)
    row("nothing asked, nothing new", at + ["sets", "--since", "2999-01-01"], repetitions)
    row("list all sets", at + ["sets"], repetitions)
    fork, exec_ = ["--workload", "fork:mb=0"], ["--workload", "exec"]
    row("one exact series with its changes", at + ["points", *fork], repetitions)
    row("its newest points", at + ["points", *fork, "--last", "20"], repetitions)
    row("one month of it", at + ["points", *fork, "--since", "2026-02-01", "--until", "2026-02-28"], repetitions)
    row("one series with noise", at + ["changes", *exec_], repetitions)
    row("all series", at + ["series"], repetitions)
    row("a counter", at + ["series", *fork, "--metric", "hypercalls"], repetitions)
    row("by what they were made of", at + ["series", *fork, "--where", "commit=0000003"], repetitions)
    found = measure(*at, "changes", *exec_, "--format", "json")[2]
    shifts = [c for c in json.loads(found)["series"][0]["changes"] if c["kind"] == "shift"]
    print("\nThe changes of level in the noise, at set %.0f and %.0f, were found in: %s." % (
        sets * 0.4 + 1, sets * 0.6, ", ".join(c["after"]["file"] for c in shifts)))
    print("Index: %.1f MB. Largest memory: %.0f MB." % (
        os.stat(os.path.join(directory, ".index.sqlite")).st_size / 1e6,
        resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024))
