#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Pictures of a site's main pages, for the README.

    tests/browser/screenshots.py site docs/img

Whatever result sets the site is made of: the workload is the one with the largest page, and compared
are the two sets between which the most has changed.
"""
import glob
import json
import os
import re
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import browser  # noqa: E402

LARGEST = 200_000  # bytes of a picture: who reads a README is not to wait for it


def rows_of(path):
    """When a set was made, and its medians."""
    with open(path, encoding="utf-8") as f:
        text = f.read()
    data = json.loads(text[text.index("{"):text.rindex("}") + 1])
    return data["created"], {(g["title"], r["workload"], r["variant"], r.get("metric")): r["median"]
                             for g in data["groups"] for r in g["rows"] if "median" in r}


def most_changed(site):
    """Two sets, the older one first, between which the most medians differ."""
    sets = [(re.sub(r"\.js$", "", os.path.basename(p)), *rows_of(p)) for p in glob.glob(site + "/data/*.js")]
    sets.sort(key=lambda s: (s[1], s[0]))
    pairs = [(sum(a[2][k] != b[2].get(k, a[2][k]) for k in a[2]), a[0], b[0]) for i, a in enumerate(sets) for b in sets[i + 1:]]
    return max(pairs)[1:] if pairs else None


def main():
    if len(sys.argv) != 3:
        print("usage: screenshots.py SITE DIR", file=sys.stderr)
        return 64
    site, out = sys.argv[1:]
    missing = browser.missing()
    if missing:
        print("screenshots.py: " + missing, file=sys.stderr)
        return 4
    workloads = sorted(glob.glob(site + "/workload/*.html"), key=os.path.getsize)
    if not workloads:
        print("screenshots.py: %s has no workload: it is no site, or one without results" % site, file=sys.stderr)
        return 4
    index, trend, compare = (os.path.join(site, n + ".html") for n in ("index", "trend", "compare"))
    shots = [("overview", index, {}), ("overview-dark", index, {"dark": True}),
             ("phone", index, {"phone": True, "width": 390, "height": 844, "scale": 2}),
             ("workload", workloads[-1], {}), ("trend", trend, {})]
    pair = most_changed(site)
    if pair:
        shots.append(("compare", browser.url_of(compare) + "#base=%s&new=%s&only=changed" % pair, {}))
    os.makedirs(out, exist_ok=True)
    browser.end_on_signals()
    bad = 0
    with browser.Browser() as b:
        for name, page, look in shots:
            path = os.path.join(out, name + ".png")
            b.open(page, **dict({"width": 1280, "height": 900}, **look))
            b.shot(path, whole=False)
            for problem in b.problems():
                print("%s: %s" % (name, problem), file=sys.stderr)
                bad = 1
            b.shrink(path)
            if os.path.getsize(path) > LARGEST:
                print("%s: %d bytes, more than %d" % (path, os.path.getsize(path), LARGEST), file=sys.stderr)
                bad = 1
            print(path)
    return bad


if __name__ == "__main__":
    sys.exit(main())
