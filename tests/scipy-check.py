#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# Does a comparison say what SciPy says? Takes the two result sets, `pvmmu compare --format json` of
# them, and prints TAP. SciPy lacks the shift's interval, so it is counted out here.
import itertools, json, math, sys
import numpy
from scipy import stats

base, new, compared = (json.load(open(name)) for name in sys.argv[1:4])
tests = 0


def check(got, want, what):
    global tests
    tests += 1
    ok = got is not None and math.isclose(got, want, rel_tol=1e-9, abs_tol=1e-300)
    print("%sok %d - %s: %r%s" % ("" if ok else "not ", tests, what, got, "" if ok else ", SciPy %r" % want))


def samples(made):
    return {run["identity"]["workload"]["parameters"]["mb"]: run["series"][0]["samples"]
            for run in made["runs"]}


def p_of(a, b):
    n, m = len(a), len(b)
    ties = len(set(a + b)) < n + m
    if n * m <= 2500 and not ties:
        return stats.mannwhitneyu(a, b, method="exact").pvalue
    if n + m <= 32:
        def u(x, y, axis=-1):
            return stats.mannwhitneyu(x, y, axis=axis, method="asymptotic").statistic
        return stats.permutation_test((a, b), u, vectorized=True, n_resamples=numpy.inf).pvalue
    return stats.mannwhitneyu(a, b, method="asymptotic").pvalue


def chances_of_u(n, m):
    """Ways to have each U, by dealing the largest value to one side or the other."""
    ways = {(0, j): [1] for j in range(m + 1)} | {(i, 0): [1] for i in range(n + 1)}
    for i, j in itertools.product(range(1, n + 1), range(1, m + 1)):
        row = [0] * (i * j + 1)
        for u, w in enumerate(ways[i - 1, j]):
            row[u + j] += w
        for u, w in enumerate(ways[i, j - 1]):
            row[u] += w
        ways[i, j] = row
    return ways[n, m]


def shift_interval(a, b):
    n, m = len(a), len(b)
    all = sorted(y - x for x in a for y in b)
    if n * m <= 2500:
        ways, total, rank, below = chances_of_u(n, m), math.comb(n + m, n), 0, 0
        while below + ways[rank] <= 0.025 * total:
            below += ways[rank]
            rank += 1
    else:
        rank = math.floor(n * m / 2 + 0.5 - stats.norm.isf(0.025) * math.sqrt(n * m * (n + m + 1) / 12))
    return (all[rank - 1], all[-rank]) if rank else None


def median_interval(v):
    n, v = len(v), sorted(v)
    k = max([k for k in range(1, n // 2 + 1) if 1 - 2 * stats.binom.cdf(k - 1, n, 0.5) >= 0.95], default=0)
    return (v[k - 1], v[n - k]) if k else None


def check_interval(got, want, what):
    if want is None:
        check(0 if got is None else None, 0, what + ": none")
        return
    for end, value in zip(("low", "high"), want):
        check((got or {}).get(end), value, what + " " + end)


a, b = samples(base), samples(new)
ps = []
for row in compared["rows"]:
    mb = row["parameters"]["mb"]
    x, y = a[mb], b[mb]
    name = "%d against %d" % (len(x), len(y))
    ps.append(p_of(x, y))
    check(row["test"]["p"], ps[-1], name + ", p")
    check(row["difference"], float(numpy.median(numpy.subtract.outer(y, x))), name + ", shift")
    check_interval(row.get("difference_interval"), shift_interval(x, y), name + ", shift,")
    check_interval(row["base"].get("interval"), median_interval(x), name + ", median,")

# Holm's correction, step by step.
adjusted, largest = {}, 0
for place, i in enumerate(sorted(range(len(ps)), key=lambda i: ps[i])):
    largest = max(largest, min(1, ps[i] * (len(ps) - place)))
    adjusted[i] = largest
for i, row in enumerate(compared["rows"]):
    check(row["test"]["p_adjusted"], adjusted[i], "p adjusted")
check(compared["geometric_means"][0]["values"][0],
      stats.gmean([numpy.median(a[row["parameters"]["mb"]]) for row in compared["rows"]]), "geometric mean")
print("1..%d" % tests)
