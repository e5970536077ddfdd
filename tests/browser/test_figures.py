# SPDX-License-Identifier: MIT
"""How the dashboard's script writes numbers: as the program does."""
import os


def test_figures(t):
    """Numbers, changes and ratios are written digit by digit as tests/golden/figures.tsv has them"""
    with open(os.path.join(t.root, "tests/golden/figures.tsv"), encoding="utf-8") as f:
        rows = [line.rstrip("\n").split("\t") for line in f if not line.startswith("#")]
    with open(os.path.join(t.root, "plots/site/figures.js"), encoding="utf-8") as f:
        script = f.read()
    t.b.driver.get("about:blank")
    got = t.b.driver.execute_script(script + """
        return arguments[0].map((text) => [text, figures.number(Number(text)), figures.percent(Number(text)),
            figures.ratioWords(Number(text))]);""", [row[0] for row in rows])
    wrong = [(want, is_) for want, is_ in zip(rows, got) if want != is_]
    assert len(rows) > 40 and not wrong, wrong[:5]


def test_odd_figures(t):
    """No figure is written as a zero with a sign, and what is no number as a dash"""
    with open(os.path.join(t.root, "plots/site/figures.js"), encoding="utf-8") as f:
        script = f.read()
    t.b.driver.get("about:blank")
    got = t.b.driver.execute_script(script + """
        return [figures.number(-0), figures.percent(-0), figures.ratioWords(-0), figures.number(NaN), figures.percent(Infinity)];""")
    assert got == ["0", "+0.00", "0.00", "-", "-"], got
