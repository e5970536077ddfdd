#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""
Numbers in documents come from result sets that are kept beside them (docs/data/*.json.xz).

    docs.py write|check [--complete] [DOC...]    DOC: README.md and docs/*.md
    docs.py pack SET.json...        into docs/data, if they were measured on this tree
    docs.py unpack                  to build/docs/results
    docs.py fresh                   were the sets measured on the guest of this tree? status 1: no

Two things are kept up to date. A *block* is what a command prints:

    <!-- make docs: build/pvmmu compare results/matrix.json --wide --format md -->
    ...
    <!-- end -->

With "$ " in front of the command it is an indented console with the command's line on top; what
follows "  ##" in the marker is a filter (or 2>&1) and not shown. Commands run in build/docs, where results/
has the sets.

A *claim* (docs/claims.txt) is a phrase of the prose with # in place of its numbers, and below it
how each is computed. `write` puts the numbers in, with as many decimals as there were. A phrase
has to be there exactly once. {VARIANT WORKLOAD} in a formula is a median of matrix.json,
{SET: VARIANT WORKLOAD COUNTER} another set's or a counter per iteration.

`check` fails where `write` would change something, and where a number of the prose comes neither
from a claim nor stands in a block nor is allowed by claims.txt. A set that is quoted and not there
is a warning, with --complete an error.
"""
import difflib
import glob
import hashlib
import json
import lzma
import os
import re
import statistics
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
DATA = os.path.join(ROOT, 'docs', 'data')
WORK = os.path.join(ROOT, 'build', 'docs')
CLAIMS = os.path.join(ROOT, 'docs', 'claims.txt')
SOURCES = os.path.join(DATA, 'sources')
# The guest's sources; a change in them may change each number.
GUEST = ('abi', 'guest-kernel', 'workloads')
# Documents whose every number has to come from somewhere.
CHECKED = ('README.md', 'docs/findings.md', 'docs/measuring.md', 'docs/effects.md')

BLOCK = re.compile(r'(?P<head>^[ ]*<!-- make docs: (?P<command>.*?) -->\n)(?P<body>.*?)(?P<end>^[ ]*<!-- end -->$)', re.S | re.M)
NUMBER = r'(-?\d[\d,]*(?:\.\d+)?)'
# A number that claims something: with thousands, decimals or a percent sign.
FIGURE = re.compile(r'(?<![\w.,:=/@-])\d{1,3}(?:,\d{3})+(?:\.\d+)?(?![\w/])|(?<![\w.,:=/@-])\d+\.\d+(?![\w.]*\w/|[\w]|\.\d)|(?<![\w.,:=/@-])\d+(?= %)')


class Trouble(Exception):
    pass


class NotMeasured(Exception):
    """A set that is quoted and not in docs/data: its numbers stay, and nobody knows whether they are right."""


def read(path):
    with open(path, encoding='utf-8') as f:
        return f.read()


def put(path, text):
    """As a whole or not at all."""
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path + '.tmp', 'w', encoding='utf-8') as f:
        f.write(text)
    os.replace(path + '.tmp', path)


# ---- result sets ----

def unpack():
    results = os.path.join(WORK, 'results')
    os.makedirs(results, exist_ok=True)
    for link, to in (('build', '..'), ('tests', '../../tests'), ('mk', '../../mk')):
        if not os.path.islink(os.path.join(WORK, link)):
            os.symlink(to, os.path.join(WORK, link))
    wanted = set()
    for packed in sorted(glob.glob(os.path.join(DATA, '*.json.xz'))):
        name = os.path.basename(packed)[:-3]
        to = os.path.join(results, name)
        wanted.add(name)
        if os.path.exists(to) and os.path.getmtime(to) == os.path.getmtime(packed):
            continue
        with lzma.open(packed) as f, open(to, 'wb') as out:
            out.write(f.read())
        os.utime(to, (os.path.getmtime(packed),) * 2)
    for old in glob.glob(os.path.join(results, '*.json')):
        if os.path.basename(old) not in wanted:
            os.unlink(old)


def sources_now():
    """One hash of all files that the guest is made of, whether git knows them or not."""
    all_of = hashlib.sha256()
    for top in GUEST:
        for where, dirs, files in os.walk(os.path.join(ROOT, top)):
            dirs.sort()
            for name in sorted(files):
                path = os.path.join(where, name)
                with open(path, 'rb') as f:
                    content = hashlib.sha256(f.read()).hexdigest()
                all_of.update(f'{os.path.relpath(path, ROOT)}\0{content}\n'.encode())
    return all_of.hexdigest()


def image_of(run):
    """The file that a run booted, by its identity."""
    identity = run['identity']
    name = identity['variant']['name']
    if identity['variant'].get('mutant') or 'program' in identity['workload'] or identity['env'] == 'host':
        return None
    name = name.replace(':', '-').replace(',', '-').replace('=', '.').replace('/', '_')
    return os.path.join(ROOT, 'build', 'guest', identity['env'], name, 'pvmmu-guest.elf')


def sha256(path):
    with open(path, 'rb') as f:
        return hashlib.sha256(f.read()).hexdigest()


# Sets that are of an older guest, or of none, on purpose.
TIMELESS = ('before.json', 'host-a.json', 'host-b.json')


def other_images():
    """Runs of the sets whose image this tree builds differently, or was not built."""
    hashes, other = {}, []
    for name in sorted(os.listdir(os.path.join(WORK, 'results'))):
        if not name.endswith('.json') or name in TIMELESS or name == 'verdict.json':
            continue
        for run in json.loads(read(os.path.join(WORK, 'results', name)))['runs']:
            path = image_of(run)
            if path and path not in hashes:
                hashes[path] = sha256(path) if os.path.exists(path) else None
            if path and hashes[path] != run['identity'].get('image', {}).get('kernel_sha256'):
                other.append(f'{name}: {run["id"]}')
    return other


def fresh():
    """None if the sets are of this tree's guest, else why not."""
    then = read(SOURCES).split()[0] if os.path.exists(SOURCES) else 'unknown'
    if then == sources_now():
        return None
    unpack()
    other = other_images()
    if not other:
        return None
    return (f'docs/data was measured on other sources of the guest ({len(other)} runs have another image, as {other[0]}): '
            'measure again, `make docs-data docs`')


def pack(files):
    os.makedirs(DATA, exist_ok=True)
    for path in files:
        text = read(path)
        runs = json.loads(text)['runs']
        for run in runs:
            image = image_of(run)
            if os.path.basename(path) in TIMELESS or not image:
                continue
            if sha256(image) != run['identity']['image']['kernel_sha256']:
                raise Trouble(f'{path}: {run["id"]} was measured on another image than this tree has: measure again')
        to = os.path.join(DATA, os.path.basename(path) + '.xz')
        # The same bytes from the same set.
        packed = lzma.compress(text.encode(), preset=9 | lzma.PRESET_EXTREME)
        with open(to + '.tmp', 'wb') as f:
            f.write(packed)
        os.replace(to + '.tmp', to)
        print(f'{os.path.relpath(to, ROOT)}: {len(runs)} runs, {len(packed):,} bytes')
    unpack()
    other = other_images()
    if not other:
        put(SOURCES, sources_now() + '  what abi/, guest-kernel/ and workloads/ were when docs/data was measured\n')
    elif os.path.exists(SOURCES):
        os.unlink(SOURCES)
    old = sorted({line.split('.json')[0] for line in other})
    if old:
        print(f'still of another guest: make docs-data SETS="{" ".join(old)}"')


# ---- formulas ----

class Sets:
    def __init__(self):
        self.loaded = {}

    def runs(self, name):
        """{workload[@vCPUs]: {variant: run}}; a custom variant goes by its short label as well."""
        if name not in self.loaded:
            path = os.path.join(WORK, 'results', name + '.json')
            if not os.path.exists(path):
                raise NotMeasured(name)
            cells = {}
            for run in json.loads(read(path))['runs']:
                workload = re.sub(r'^(xen64|native64|host)-|~.*$', '', run['id'])
                variant = run['identity']['variant']
                label = variant.get('label', variant['name'])
                of = cells.setdefault(workload, {})
                for name_ in (variant['name'], label, label.replace(',depth=32', '')):
                    of['eager' if name_ == 'custom:pin=eager' else name_.removeprefix('custom:')] = run
            self.loaded[name] = cells
        return self.loaded[name]

    def run(self, name, variant, workload):
        """The run of that variant; or of the one custom variant whose label has that piece."""
        of = self.runs(name).get(workload, {})
        found = [of[variant]] if variant in of else list({r['id']: r for v, r in of.items() if variant in v.split(',')}.values())
        if len(found) != 1:
            raise Trouble(f'{name} has {len(found)} runs {workload}~{variant}')
        if found[0]['outcome']['status'] != 'success':
            raise Trouble(f'{name}: {workload}~{variant}: {found[0]["outcome"]["status"]}')
        return found[0]

    def value(self, words):
        """
        [SET:] VARIANT WORKLOAD [COUNTER | min | max | above | seeds.min | seeds.median | seeds.max | xen]
                                           above: samples above the minimum; xen: Xen's share;
                                           xenperf.NAME: Xen's counter, per iteration
        linux: pv|native WORKLOAD          tests/linux-6.1.tsv
        behind VARIANT WORKLOAD,...        by how much it needs more than the best under Xen, at most,
                                           on any workload but those
        over-linux [VARIANT] WORKLOAD|VARIANT   its share of what Linux PV needs, at most
        depth-gain WORKLOAD                percent that depth 128 saves over 32
        """
        first, _, rest = words.partition(' ')
        if first == 'behind':
            return self.behind(*rest.split(' '))
        if first == 'over-linux':
            return self.over_linux(*rest.split(' '))
        if first == 'depth-gain':
            deep, usual = (self.median(self.run('depth', f'depth={n}', rest)) for n in (128, 32))
            return 100 * (1 - deep / usual)
        found = re.fullmatch(r'(?:([\w.-]+): )?(\S+) (\S+)(?: (.+))?', words)
        if not found:
            raise Trouble(f'{{{words}}} is not {{SET: VARIANT WORKLOAD COUNTER}}')
        name, variant, workload, what = found.groups()
        if name == 'linux':
            return self.linux()[workload]['Linux PV' if variant == 'pv' else 'Linux native']
        if what and what.startswith('seeds.'):
            medians = [self.median(of[variant]) for key, of in self.runs(name or 'matrix').items()
                       if re.sub(r':seed=\d+', '', key) == workload and variant in of]
            if len(medians) < 2:
                raise Trouble(f'{{{words}}}: no seeds')
            return {'min': min, 'max': max, 'median': statistics.median}[what[6:]](medians)
        run = self.run(name or 'matrix', variant, workload)
        if not what:
            return self.median(run)
        if what in ('min', 'max'):
            return {'min': min, 'max': max}[what](self.samples(run))
        if what == 'above':
            return sum(sample > min(self.samples(run)) for sample in self.samples(run))
        if what == 'xen':
            return sum(run['collected']['insn']['xen']) / sum(run['series'][0]['samples'])
        return self.counter(run, what, words)

    def behind(self, variant, but):
        worst = 0
        for workload, of in self.runs('matrix').items():
            costs = {v: self.median(r) for v, r in of.items() if r['identity']['env'] == 'xen64' and r['series']}
            if costs and workload.split(':')[0] not in but.split(','):
                worst = max(worst, costs[variant] / min(costs.values()) - 1)
        return worst

    def over_linux(self, variant, but=''):
        worst = 0
        for workload, systems in self.linux().items():
            if '@' not in workload and workload != but:
                worst = max(worst, self.median(self.run('matrix', variant, workload)) / systems['Linux PV'])
        return worst

    @staticmethod
    def linux():
        lines = [l.split('\t') for l in read(os.path.join(ROOT, 'tests', 'linux-6.1.tsv')).split('\n') if l and l[0] != '#']
        names = [n.removesuffix(', minimum') for n in lines[0][2:]]
        return {row[0] + ('' if row[1] == '1' else '@' + row[1]): {n: float(v) for n, v in zip(names, row[2:]) if v}
                for row in lines[1:]}

    @staticmethod
    def samples(run):
        series = run['series'][0]
        return [s / series.get('iterations_per_sample', 1) for s in series['samples']]

    def median(self, run):
        return statistics.median(self.samples(run))

    @staticmethod
    def counter(run, what, words):
        if what.startswith('xenperf.'):
            return run['collected']['xenperf']['counters'].get(what[8:], 0) / run['counted_iterations']
        group, _, name = what.partition('.')
        counters = run['counters'].get(group)
        if counters is None or (name and name not in counters):
            raise Trouble(f'{{{words}}}: no such counter')
        count = counters[name] if name else sum(counters.values())
        return count / run['counted_iterations']

    def formula(self, text):
        """A number, or for a comparison its truth."""
        code = re.sub(r'\{(.*?)\}', lambda m: repr(float(self.value(m.group(1)))), text)
        if not re.fullmatch(r'(?:[\d.e+\-*/()<>=, ]|abs|max|min|and)+', code):
            raise Trouble(f'not a formula: {text}')
        return eval(code, {'__builtins__': {}}, {'abs': abs, 'max': max, 'min': min})


def spelled(value, like):
    """With the decimals and the commas that the document has."""
    decimals = len(like.partition('.')[2])
    text = f'{value:,.{decimals}f}'
    return text[1:] if re.fullmatch(r'-0(\.0*)?', text) else text


# ---- claims ----

def read_claims():
    """{doc: [(line, phrase, [formula])]}, {doc: {number}}"""
    claims, allowed, doc = {}, {}, None
    if not os.path.exists(CLAIMS):
        return claims, allowed
    for n, line in enumerate(read(CLAIMS).split('\n'), 1):
        if not line.strip() or line.startswith('//'):
            continue
        if line.startswith('== '):
            doc = line[3:].strip()
        elif line.startswith('allow '):
            numbers = line[6:].partition('//')[0].split()
            allowed.setdefault(doc, set()).update(numbers)
        elif line.startswith('\t'):
            claims[doc][-1][2].append(line.strip())
        else:
            claims.setdefault(doc, []).append((n, line.strip(), []))
    return claims, allowed


def phrase_pattern(phrase):
    parts = [r'\s+'.join(re.escape(w) for w in part.split(' ')) for part in phrase.split('#')]
    return re.compile(NUMBER.join(parts))


def spans_of_blocks(text):
    return [m.span() for m in BLOCK.finditer(text)]


def unable(e, where, problems, missing):
    if isinstance(e, NotMeasured):
        missing.add(str(e))
    else:
        problems.append(f'{where}: {e}')


def apply_claims(doc, text, claims, sets, problems, missing):
    """The text with each claim's numbers; and what claims cover of it."""
    covered = []
    for n, phrase, formulas in claims:
        where = f'docs/claims.txt:{n}'
        blocks = spans_of_blocks(text)
        found = [m for m in phrase_pattern(phrase).finditer(text)
                 if not any(a <= m.start() < b for a, b in blocks)]
        numbers = [f for f in formulas if not f.startswith('so ')]
        if len(found) != 1:
            problems.append(f'{where}: {doc} has the phrase {len(found)} times: {phrase}')
            continue
        if phrase.count('#') != len(numbers):
            problems.append(f'{where}: {phrase.count("#")} numbers and {len(numbers)} formulas')
            continue
        m, out, at = found[0], '', found[0].start()
        for i, formula in enumerate(numbers, 1):
            try:
                value = sets.formula(formula)
            except (Trouble, NotMeasured, ZeroDivisionError) as e:
                unable(e, where, problems, missing)
                value = None
            out += text[at:m.start(i)] + (m.group(i) if value is None else spelled(value, m.group(i)))
            at = m.end(i)
        for formula in formulas:
            if formula.startswith('so '):
                try:
                    if sets.formula(formula[3:]) is not True:
                        problems.append(f'{where}: no longer so: {formula[3:]}: {phrase}')
                except (Trouble, NotMeasured) as e:
                    unable(e, where, problems, missing)
        out += text[at:m.end()]
        text = text[:m.start()] + out + text[m.end():]
        covered.append(out)
    return text, covered


def uncovered(text, covered, allowed):
    """Figures of the prose that come from nowhere: [(line, number)]."""
    inside = set()
    for m in BLOCK.finditer(text):
        inside.update(FIGURE.findall(m.group('body')))
    prose = BLOCK.sub(lambda m: '\n' * m.group(0).count('\n'), text)
    blank = lambda m: re.sub(r'[^\n]', ' ', m.group(0))
    prose = re.sub(r'^```.*?^```$', blank, prose, flags=re.S | re.M)
    for part in covered:
        prose = prose.replace(part, blank(re.match(r'(?s).*', part)))
    prose = re.sub(r'`[^`\n]*`', blank, prose)
    prose = re.sub(r'^    .*$', blank, prose, flags=re.M)
    return [(n, m.group(0)) for n, line in enumerate(prose.split('\n'), 1) for m in FIGURE.finditer(line)
            if m.group(0) not in inside and m.group(0) not in allowed]


# ---- blocks ----

def output_of(command):
    run = subprocess.run(['bash', '-o', 'pipefail', '-c', command], cwd=WORK, capture_output=True, text=True,
                         env={**os.environ, 'NO_COLOR': '1', 'COLUMNS': '80', 'LC_ALL': 'C.UTF-8', 'PVMMU_ROOT': ROOT}, check=False)
    # 3 and 5 are verdicts; 141: the filter had read enough; 64, where what is said of it is wanted.
    if run.returncode not in (0, 3, 5, 141) + ((64,) if command.endswith('2>&1') else ()):
        raise Trouble(f'{command}: exit code {run.returncode}: {run.stderr.strip()}')
    return run.stdout.strip('\n')


def block_body(marker):
    shown, _, hidden = marker.partition('  ##')
    console = shown.startswith('$ ')
    command = shown[2:] if console else shown
    hidden = hidden.strip()
    text = output_of(command.strip() + (f' {hidden}' if hidden == '2>&1' else f' | {hidden}' if hidden else ''))
    if not console:
        return f'\n{text}\n\n'
    lines = ['$ ' + command.strip()] + text.split('\n')
    return '\n' + ''.join(f'    {line}'.rstrip() + '\n' for line in lines) + '\n'


def apply_blocks(doc, text, problems, missing):
    def body(m):
        wanted = {name for name in re.findall(r'results/([\w-]+)\.json', m.group('command'))
                  if not os.path.exists(os.path.join(WORK, 'results', name + '.json'))}
        if wanted:
            missing.update(wanted)
            return m.group(0)
        try:
            return m.group('head') + block_body(m.group('command')) + m.group('end')
        except Trouble as e:
            problems.append(f'{doc}: {e}')
            return m.group(0)
    return BLOCK.sub(body, text)


# ---- commands ----

def documents(names):
    return names or ['README.md'] + sorted(os.path.relpath(p, ROOT) for p in glob.glob(os.path.join(ROOT, 'docs', '*.md')))


def work_on(names, write, complete):
    unpack()
    claims, allowed = read_claims()
    sets, problems, missing = Sets(), [], set()
    for doc in documents(names):
        path = os.path.join(ROOT, doc)
        old = read(path)
        new, covered = apply_claims(doc, apply_blocks(doc, old, problems, missing), claims.get(doc, []), sets, problems, missing)
        if new != old and write:
            put(path, new)
            print(f'{doc}: written anew')
        elif new != old:
            lines = difflib.unified_diff(old.split('\n'), new.split('\n'), doc, 'what docs/data says', n=0, lineterm='')
            problems.append('\n'.join(list(lines)[:40]) + '\n`make docs` writes it')
        if doc in CHECKED:
            for n, number in uncovered(new, covered, allowed.get(doc, ())):
                problems.append(f'{doc}:{n}: {number} comes from no result set: give it a line in docs/claims.txt')
    for problem in problems:
        print(problem, file=sys.stderr)
    for name in sorted(missing):
        print(f'{"" if complete else "warning: "}docs/data has no set {name}, whose numbers are quoted: '
              f'make docs-data SETS={name}', file=sys.stderr)
    return 1 if problems or (missing and complete) else 0


def main(args):
    what, names = (args[0] if args else ''), args[1:]
    try:
        if what in ('write', 'check'):
            complete = '--complete' in names
            return work_on([n for n in names if n != '--complete'], what == 'write', complete)
        if what == 'pack':
            pack(names)
        elif what == 'unpack':
            unpack()
        elif what == 'fresh':
            why = fresh()
            if why:
                print(why, file=sys.stderr)
                return 1
        else:
            print(__doc__.strip(), file=sys.stderr)
            return 64
    except Trouble as e:
        print(e, file=sys.stderr)
        return 4
    return 0


sys.exit(main(sys.argv[1:]))
