#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# `make bench-compare`: how long `pvmmu compare` takes, and how much memory, over two result sets
# that are made up: ROWS rows of SAMPLES samples each, with noise, so that every statistic is
# computed. Prints Markdown. Beside it, where it is installed, benchstat on the same samples.
#
#	tests/bench-compare.py PVMMU [ROWS [SAMPLES]]
import copy, json, os, random, resource, shutil, subprocess, sys, tempfile, time

pvmmu = os.path.abspath(sys.argv[1])
rows = int(sys.argv[2]) if len(sys.argv) > 2 else 1000
samples = int(sys.argv[3]) if len(sys.argv) > 3 else 100
repetitions = 5
here = os.path.dirname(os.path.abspath(__file__))
template = json.load(open(os.path.join(here, "golden", "two-variants.json")))


def result_set(slower):
    """Ten variants, each on a tenth of the rows' points; times with a tail to the right."""
    chance = random.Random(slower)
    made = copy.deepcopy(template)
    made["runs"] = []
    for i in range(rows):
        run = copy.deepcopy(template["runs"][0])
        variant, mb = "v%d" % (i % 10), i // 10
        run["id"] = "xen64-fork:mb=%d~%s" % (mb, variant)
        run["identity"]["tier"] = "wall"
        run["identity"]["variant"]["name"] = variant
        run["identity"]["qemu"]["accelerator"] = "kvm"
        run["identity"]["workload"]["parameters"].update(mb=mb, n=samples)
        for member in ("counters", "counted_iterations", "clock", "timer_overhead"):
            run.pop(member, None)
        base = 10000 * (mb + 1) * (1 + slower * (i % 3) / 100)
        run["series"] = [{
            "name": "time", "unit": "ns", "better": "lower", "exact": False,
            "samples": [round(base * (1 + chance.expovariate(20)), 2) for _ in range(samples)]}]
        made["runs"].append(run)
    return made


def go_text(made):
    lines = ["Unit ns/op better=lower"]
    for run in made["runs"]:
        name = run["id"].split("~")
        for sample in run["series"][0]["samples"]:
            lines.append("BenchmarkFork/point=%s/variant=%s 1 %r ns/op" % (name[0].split("=")[1], name[1], sample))
    return "\n".join(lines) + "\n"


def measure(name, command):
    """Least and median seconds, and the largest resident set of any repetition."""
    took = []
    before = 0
    for _ in range(repetitions):
        start = time.monotonic()
        pid = os.posix_spawnp(command[0], command, os.environ, file_actions=[
            (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)])
        _, status, usage = os.wait4(pid, 0)
        took.append((time.monotonic() - start, usage.ru_utime + usage.ru_stime))
        before = max(before, usage.ru_maxrss)
        if status:
            sys.exit("%s ended with status %d" % (name, status))
    wall = sorted(t[0] for t in took)
    cpu = sorted(t[1] for t in took)
    print("| %s | %.2f | %.2f | %.2f | %.0f |" % (
        name, wall[0], wall[len(wall) // 2], cpu[0], before / 1024))


with tempfile.TemporaryDirectory() as tmp:
    os.chdir(tmp)
    for name, slower in (("base", 0), ("new", 1)):
        made = result_set(slower)
        json.dump(made, open(name + ".json", "w"), indent=1)
        open(name + ".txt", "w").write(go_text(made))
    root = os.path.dirname(here)
    print("Two sets of %d rows and %d samples each, %.1f MB of JSON each; %d repetitions:\n" % (
        rows, samples, os.path.getsize("base.json") / 1e6, repetitions))
    print("| | least s | median s | least CPU s | MB |\n|---|---:|---:|---:|---:|")
    for format in ("text", "json"):
        measure("`pvmmu compare --format %s`" % format,
                [pvmmu, "compare", "--root", root, "--format", format, "base.json", "new.json"])
    measure("`pvmmu validate`, both", [pvmmu, "validate", "--root", root, "base.json", "new.json"])
    measure("`pvmmu compare --by variant`", [pvmmu, "compare", "--root", root, "--by", "variant", "base.json"])
    if shutil.which("benchstat"):
        measure("`benchstat`", ["benchstat", "base.txt", "new.txt"])
    else:
        print("\nbenchstat is not installed: nothing to put beside it.")
