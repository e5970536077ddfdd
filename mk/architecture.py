# SPDX-License-Identifier: MIT
"""The picture in docs/architecture.md, made from the #include lines of the tree.

    python3 mk/architecture.py write    docs/img/architecture.svg
    python3 mk/architecture.py check    exit status 1 if that file is not what `write` would make

A box is a directory. An arrow says that files of the upper box include files of the lower one. An arrow
is left out if a longer way says the same: run -> plan and plan -> lib stand for run -> lib. Boxes stand in
ranks, each as low as its longest way down allows; tests/cli/layering.t says which arrows may exist.
"""
import os
import re
import sys
from xml.sax.saxutils import escape

PICTURE = "docs/img/architecture.svg"
TOPS = ("abi", "bench", "collectors", "guest-kernel", "workloads")
# Directories that are no box of their own belong to the one above them.
INSIDE = ("bench/plot/kinds", "bench/export/formats", "collectors/qemu", "workloads/harness", "workloads/aux")
BOX, GAP, HIGH, RANK, MARGIN = 114, 22, 30, 74, 16


def box_of(path):
    """The box that a file belongs to: "bench/run", "guest-kernel/mmu", "abi"."""
    parts = path.split("/")[:-1]
    return parts[0] if parts[0] not in ("bench", "guest-kernel") else "/".join(parts[:2])


def resolve(path, name):
    """The file that #include "name" in path means, or None if the build makes it."""
    places = [os.path.dirname(path), "."]
    top = path.split("/")[0]
    places += ["bench"] if top in ("bench", "collectors") else ["guest-kernel"] if top == "guest-kernel" else []
    for place in places:
        found = os.path.normpath(os.path.join(place, name))
        if os.path.exists(found):
            return found
    return None


def read_graph():
    """{box: set of boxes that it includes from}."""
    graph = {}
    for top in TOPS:
        for folder, _, files in sorted(os.walk(top)):
            for name in sorted(f for f in files if f.endswith((".c", ".h", ".S"))):
                path = os.path.join(folder, name)
                arrows = graph.setdefault(box_of(path), set())
                with open(path, encoding="utf-8") as f:
                    for included in re.findall(r'^[ \t]*#[ \t]*include[ \t]*"([^"]+)"', f.read(), re.M):
                        target = resolve(path, included)
                        if target and box_of(target) != box_of(path):
                            arrows.add(box_of(target))
    for targets in list(graph.values()):
        for target in targets:
            graph.setdefault(target, set())
    return graph


def reach(graph, start):
    """All boxes below one."""
    seen, todo = set(), [start]
    while todo:
        for target in graph[todo.pop()]:
            if target not in seen:
                seen.add(target)
                todo.append(target)
    return seen


def split(graph):
    """Pairs that include each other, and the other arrows without those that a longer way implies."""
    below = {box: reach(graph, box) for box in graph}
    both = sorted((a, b) for a in graph for b in graph[a] if a < b and a in below[b])
    down = {a: {b for b in graph[a] if a not in below[b]} for a in graph}
    plain = {a: {b for b in down[a] if not any(b in below[c] and c not in below[b] for c in down[a] - {b})}
             for a in graph}
    return both, plain


def ranks_of(down, both):
    """{box: rank}, 0 the lowest; boxes that include each other stand side by side."""
    rank = {box: 0 for box in down}
    for _ in down:
        for a in sorted(down):
            rank[a] = max([rank[a]] + [rank[b] + 1 for b in down[a]])
        for a, b in both:
            rank[a] = rank[b] = max(rank[a], rank[b])
    return rank


def lay_out(down, rank):
    """Rows of nodes from the top, each in its order, and each arrow as its chain of nodes. A long arrow
    has a node (a tuple) in each rank that it passes, so that it keeps off the boxes."""
    rows = [[] for _ in range(max(rank.values()) + 1)]
    for box in sorted(down, key=lambda b: (group(b), b)):
        rows[rank[box]].append(box)
    chains = []
    for a in sorted(down):
        for b in sorted(down[a]):
            chain = [a] + [(a, b, r) for r in range(rank[a] - 1, rank[b], -1)] + [b]
            for node in chain[1:-1]:
                rows[node[2]].append(node)
            chains.append(chain)
    near = {}
    for chain in chains:
        for upper, lower in zip(chain, chain[1:]):
            near.setdefault(upper, []).append(lower)
            near.setdefault(lower, []).append(upper)
    place = {}
    for row in rows:
        row.sort(key=lambda n: (group(n), str(n)))
        place.update(spread(row))
    for turn in range(40):
        for row in rows if turn % 2 else reversed(rows):
            middle = {n: sum(place[m] for m in near[n]) / len(near[n]) if n in near else place[n] for n in row}
            row.sort(key=lambda n: (group(n), middle[n], str(n)))
            place.update(spread(row, middle))
    return rows, chains, place


def group(node):
    """Host, what both share, guest: from left to right."""
    box = node[0] if isinstance(node, tuple) else node
    return 0 if box.startswith(("bench", "collectors")) else 1 if box in ("abi", "workloads") else 2


def width(node):
    return 12 if isinstance(node, tuple) else BOX


def spread(row, wanted=None):
    """{node: x of its middle}: as near to what is wanted as boxes that do not touch allow."""
    xs, end = [], 0.0
    for node in row:
        x = max(end + width(node) / 2, wanted[node] if wanted else 0)
        xs.append(x)
        end = x + width(node) / 2 + GAP
    if wanted and row:
        # Half of the push to the right goes to the left again.
        push = sum(x - wanted[n] for x, n in zip(xs, row)) / len(row)
        left = xs[0] - width(row[0]) / 2
        xs = [x - min(push, left) for x in xs]
    return dict(zip(row, xs))


STYLE = """
text { font: 13px sans-serif; fill: #1f2328; text-anchor: middle; }
rect { fill: #eef3fb; stroke: #5a78a8; }
.shared rect { fill: #f5f1e3; stroke: #94814a; }
.guest rect { fill: #eaf5ec; stroke: #57875f; }
path { fill: none; stroke: #8b949e; stroke-width: 1.2; }
marker path { fill: #8b949e; stroke: none; }
@media (prefers-color-scheme: dark) {
text { fill: #e6edf3; }
rect { fill: #1c2a40; }
.shared rect { fill: #332d1a; }
.guest rect { fill: #1a2f1e; }
}
"""


def draw(graph):
    both, down = split(graph)
    rank = ranks_of(down, both)
    rows, chains, place = lay_out(down, rank)
    left = min(x - width(n) / 2 for n, x in place.items()) - MARGIN
    wide = max(x + width(n) / 2 for n, x in place.items()) + MARGIN - left
    high = RANK * (len(rows) - 1) + HIGH + 2 * MARGIN
    top = {node: MARGIN + RANK * (len(rows) - 1 - r) for r, row in enumerate(rows) for node in row}
    at = {node: x - left for node, x in place.items()}
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide:.0f} {high}" role="img">',
           "<title>The directories and their include arrows</title>", f"<style>{STYLE}</style>",
           '<defs><marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto-start-reverse">'
           '<path d="M0 0 L8 4 L0 8 z"/></marker></defs>']
    for chain in chains:
        x, y = at[chain[0]], top[chain[0]] + HIGH
        line = f"M{x:.0f} {y}"
        for node in chain[1:]:
            x2, y2 = at[node], top[node]
            line += f" C{x:.0f} {y + 20} {x2:.0f} {y2 - 20} {x2:.0f} {y2}"
            if isinstance(node, tuple):
                line += f" V{y2 + HIGH}"
            x, y = x2, y2 + HIGH
        out.append(f'<path d="{line}" marker-end="url(#head)"><title>{escape(f"{chain[0]} includes from {chain[-1]}")}</title></path>')
    for a, b in both:
        one, two = sorted((a, b), key=lambda n: at[n])
        y = top[a] + HIGH / 2
        out.append(f'<path d="M{at[one] + BOX / 2:.0f} {y:.0f} H{at[two] - BOX / 2:.0f}" marker-start="url(#head)" marker-end="url(#head)"/>')
    for box in sorted(graph):
        kind = ("host", "shared", "guest")[group(box)]
        name = (box if "/" in box or box in ("abi", "collectors", "workloads") else f"{box}/main.c").replace("guest-kernel", "guest")
        out.append(f'<g class="{kind}"><rect x="{at[box] - BOX / 2:.0f}" y="{top[box]}" width="{BOX}" height="{HIGH}" rx="5"/>'
                   f'<text x="{at[box]:.0f}" y="{top[box] + 20}">{escape(name)}</text></g>')
    return "\n".join(out + ["</svg>", ""])


def main():
    if len(sys.argv) != 2 or sys.argv[1] not in ("write", "check"):
        sys.exit("usage: architecture.py write|check")
    os.chdir(os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
    new = draw(read_graph())
    if sys.argv[1] == "write":
        with open(PICTURE, "w", encoding="utf-8") as f:
            f.write(new)
        return
    try:
        with open(PICTURE, encoding="utf-8") as f:
            old = f.read()
    except FileNotFoundError:
        old = ""
    if old != new:
        says = lambda text: set(re.findall(r"<title>(\S+ includes from \S+)</title>", text))
        for sign, lines in (("+", says(new) - says(old)), ("-", says(old) - says(new))):
            for line in sorted(lines):
                print(f"{sign} {line}", file=sys.stderr)
        sys.exit(f"{PICTURE} is older than the #include lines: `make architecture` makes it anew")


main()
