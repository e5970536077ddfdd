#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""
Tables of documents that no command of pvmmu prints (see mk/docs.py), as Markdown:

    docs-tables.py shares SET                 whose instructions: a row for each variant
    docs-tables.py functions SET VARIANT      Xen's ten largest functions in each workload
    docs-tables.py pairs SET                  what each axis does by itself: means of `pvmmu effects`
"""
import csv
import io
import json
import re
import statistics
import subprocess
import sys

ORDER = ('nopin', 'wrpt', 'eager', 'batched', 'splitptl', 'highpte', 'native', 'native-splitptl', 'native-highpte')


def runs_of(path):
    """{workload's words: {variant: run}}"""
    with open(path, encoding='utf-8') as f:
        runs = json.load(f)['runs']
    cells = {}
    for run in runs:
        words = [w for w in re.sub(r'^\w+?-|~.*$', '', run['id']).split(':') if not w.startswith('n=')]
        cells.setdefault(' '.join(words), {})[run['identity']['variant']['name']] = run
    return cells


def table(head, rows, left=1):
    print('| ' + ' | '.join(head) + ' |')
    print('|' + '|'.join(['---'] * left + ['---:'] * (len(head) - left)) + '|')
    for row in rows:
        print('| ' + ' | '.join(row) + ' |')


def shares(path):
    cells = runs_of(path)

    def cell(run):
        samples, insn = run['series'][0]['samples'], run['collected']['insn']
        part = [100 * sum(insn.get(who, [0])) / sum(samples) for who in ('xen', 'kernel')]
        return f'{statistics.median(samples):,.0f} {part[0]:.1f}/{part[1]:.1f}'

    table([''] + list(cells), [[v] + [cell(cells[w][v]) for w in cells] for v in ORDER if v in next(iter(cells.values()))])


def functions(path, variant):
    cells = {w: of[variant] for w, of in runs_of(path).items() if not w.startswith('vmalloc')}

    def largest(run):
        insn, whole = run['collected']['insn'], sum(run['series'][0]['samples'])
        of_xen = [f for f in insn['functions'] if f['who'] == 'xen'][:10]
        return [f"`{f['name']}` {100 * f['instructions'] / whole:.1f} ({f['entered'] / insn['sections']:,.0f})" for f in of_xen]

    head = list(cells)
    table([f'`{variant}`: {head[0]}'] + head[1:], zip(*[largest(run) for run in cells.values()]), len(head))


def pairs(path):
    out = subprocess.run(['build/pvmmu', 'effects', path, '--format', 'csv'], capture_output=True, text=True, check=True).stdout
    rows = [r for r in csv.DictReader(io.StringIO(out)) if r['kind'] == 'pairs']
    wanted = (('`pin=none`', 'pin=none', ''), ('`update=emulate`', 'update=emulate', ''),
              ('`batch=multicall` with `update=va`', 'batch=multicall', 'update=va'),
              ('`batch=multicall` with `update=mmu/va`', 'batch=multicall', 'update=mmu/va'),
              ('`ptl=split` with `pin=eager`', 'ptl=split', 'pin=eager'),
              ('`ptl=split` with `pin=none`', 'ptl=split', 'pin=none'), ('`pte=high`', 'pte=high', ''))
    workloads = list(dict.fromkeys(r['workload'] for r in rows))

    def mean(workload, change, given):
        for r in rows:
            if (r['workload'], r['term'], r['with']) == (workload, change, given):
                text = f"{float(r['effect_percent']):+.1f}"
                return '0.0' if text in ('+0.0', '-0.0') else text
        return '-'

    table(['workload'] + [name for name, _, _ in wanted], [[f'`{w}`'] + [mean(w, c, g) for _, c, g in wanted] for w in workloads])


if __name__ == '__main__':
    if len(sys.argv) < 3 or sys.argv[1] not in ('shares', 'functions', 'pairs'):
        sys.exit(__doc__.strip())
    globals()[sys.argv[1]](*sys.argv[2:])
