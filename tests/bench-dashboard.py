#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""How long `pvmmu dashboard` takes, and how large its pages are.

    bench-dashboard.py PVMMU SET.json [--sets 200] [--keep DIR]

From a real result set it makes many: one for each variant and date, with every workload, as a
project gets them that measures each variant after each change. Some figures move on some dates. Then
the site is made, made again, and made after a set of one workload has come, and after one of all.
"""
import argparse
import copy
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time


def by_variant(whole):
    """One set for each variant: {name: set}."""
    parts = {}
    for run in whole["runs"]:
        name = run["identity"]["variant"]["name"]
        part = parts.setdefault(name, dict(whole, runs=[]))
        part["runs"].append(run)
    for part in parts.values():
        part.pop("declared", None)
    return parts


def at_date(part, place):
    """The same as if it had been measured on day `place`: every fifth date something changes."""
    new = copy.deepcopy(part)
    new["created"] = "2026-%02d-%02dT12:00:00Z" % (1 + place // 28, 1 + place % 28)
    new["producer"] = dict(new["producer"], version="v%d" % place)
    for at, run in enumerate(new["runs"]):
        steps = sum(1 for day in range(5, place + 1, 5) if (day + at) % 7 == 0)
        for series in run.get("series", []):
            series["samples"] = [int(s * (1 + 0.02 * steps)) for s in series["samples"]]
    return new


def make_sets(whole, count, to):
    parts = by_variant(whole)
    made, place = 0, 0
    while made < count:
        for name, part in sorted(parts.items()):
            if made < count:
                with open("%s/%s-%03d.json" % (to, name.replace("/", "_"), place), "w") as f:
                    json.dump(at_date(part, place), f)
                made += 1
        place += 1
    return place


def cpu():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def timed(pvmmu, results, site):
    """Seconds that passed, seconds of processor, which a busy machine stretches less, and what was said."""
    start, before = time.monotonic(), cpu()
    done = subprocess.run([pvmmu, "dashboard", "-v", results, "-o", site], stdout=subprocess.PIPE, text=True)
    if done.returncode:
        sys.exit("pvmmu dashboard failed with %d" % done.returncode)
    return time.monotonic() - start, cpu() - before, done.stdout.strip().splitlines()[-1]


def size_of(directory):
    return sum(os.path.getsize(os.path.join(at, name)) for at, _, names in os.walk(directory) for name in names)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pvmmu")
    parser.add_argument("set")
    parser.add_argument("--sets", type=int, default=200)
    parser.add_argument("--keep", metavar="DIR", help="leave results and site there")
    asked = parser.parse_args()
    with open(asked.set) as f:
        whole = json.load(f)
    work = asked.keep or tempfile.mkdtemp(prefix="pvmmu-bench-dashboard.")
    results, site = work + "/results", work + "/site"
    try:
        os.makedirs(results)
        place = make_sets(whole, asked.sets, results)
        print("%d result sets of %d runs, %.1f MB" % (asked.sets, sum(len(p["runs"]) for p in by_variant(whole).values()) // len(by_variant(whole)), size_of(results) / 1e6))
        for what in ("the first time", "again, nothing new", "one workload more", "one set more"):
            if what.endswith(" more"):
                part = sorted(by_variant(whole).items())[0][1]
                place += 6
                more = at_date(part, place)
                if "workload" in what:
                    names = [run["identity"]["workload"]["name"] for run in more["runs"]]
                    more["runs"] = [run for run in more["runs"] if run["identity"]["workload"]["name"] == max(names, key=names.count)]
                with open(results + "/" + what.replace(" ", "-") + ".json", "w") as f:
                    json.dump(more, f)
            seconds, processor, said = timed(asked.pvmmu, results, site)
            print("%-20s %6.2f s, of processors %.2f s   %s" % (what, seconds, processor, said))
        for page in ("index.html", "compare.html", "trend.html", "environment.html", "sets.html"):
            print("%-20s %6.1f kB" % (page, os.path.getsize(site + "/" + page) / 1e3))
        for part in ("workload", "variant", "charts", "data", "raw"):
            print("%-20s %6.1f MB" % (part + "/", size_of(site + "/" + part) / 1e6))
    finally:
        if not asked.keep:
            shutil.rmtree(work, ignore_errors=True)


main()
