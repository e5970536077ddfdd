# SPDX-License-Identifier: MIT
"""The dashboard in a browser: themes, sorting, filters, baselines, the comparison, keys."""
import copy
import json
import os

GOLDEN = "tests/golden/two-variants.json"


def older_and_newer():
    """Two sets of the golden one: in the newer one variant is slower, the other one is as it was. Of its two
    medians, 2,016 and 10,432, the larger one is the smaller text."""
    with open(GOLDEN) as f:
        older = json.load(f)
    newer = copy.deepcopy(older)
    newer["created"] = "2030-01-02T00:00:00Z"
    for run in newer["runs"]:
        if run["identity"]["variant"]["name"] == "eager":
            by = 4 if run["identity"]["workload"]["parameters"]["mb"] else 2
            run["series"][0]["samples"] = [s * by for s in run["series"][0]["samples"]]
    return older, newer


def site(t):
    def make(where):
        os.chdir(t.root)
        os.makedirs(where + "/results")
        for name, content in zip(("older.json", "newer.json"), older_and_newer()):
            with open("%s/results/%s" % (where, name), "w") as f:
                json.dump(content, f)
        with open(where + "/results/annotations.tsv", "w") as f:
            f.write("2029-01-01\ta note\n")
        t.pvmmu("dashboard", "-q", where + "/results", "-o", where + "/site")
        return where + "/site/"
    return t.once("dashboard", make)


def texts(t, css):
    return [e.text for e in t.b.visible(css)]


def silent(t):
    bad = t.b.problems()
    assert not bad, "\n".join(bad)


def choose(t, css, value):
    t.b.js("const e = document.querySelector(arguments[0]); e.value = arguments[1];"
           "e.dispatchEvent(new Event('change', {bubbles: true}));", css, value)
    t.b.settle()


def compare_address(t):
    """compare.html with the older set as the base."""
    t.b.open(site(t) + "compare.html")
    ids = {o.text.split(", ")[1]: o.get_attribute("value") for o in t.b.all("#base option")}
    return "file://%scompare.html#base=%s&new=%s" % (site(t), ids["older.json"], ids["newer.json"])


def test_pages(t):
    """Every page is readable, usable by keyboard, narrow enough and silent"""
    pages = sorted(os.path.join(at, name) for at, _, names in os.walk(site(t)) for name in names if name.endswith(".html"))
    assert len(pages) >= 8, pages
    for page in pages:
        t.check_page(page)


def test_theme(t):
    """The theme is the system's, until it is chosen; then it is kept, also for charts"""
    def background():
        return t.b.js("return getComputedStyle(document.body).backgroundColor")
    page = site(t) + "workload/fork.html"
    t.b.open(page, dark=True)
    dark = background()
    assert t.b.visible("img.dark") and not t.b.visible("img.light"), "charts are not dark"
    t.b.open(page)
    light = background()
    assert light != dark
    assert t.b.visible("img.light") and not t.b.visible("img.dark"), "charts are not light"
    t.b.click("#theme")
    assert background() == dark
    assert t.b.visible("img.dark"), "charts did not follow"
    t.b.open(site(t) + "index.html")
    assert background() == dark, "the choice is not kept"
    t.b.js("localStorage.clear()")
    silent(t)


def test_baseline(t):
    """Ratios are to the baseline that is chosen, and the address remembers it"""
    def row():
        return texts(t, "table.matrix tbody tr:first-child td")[1:]
    t.b.open(site(t) + "index.html")
    assert sorted(row()) == ["1.00", "1.34"], row()
    choose(t, "#baseline", "eager")
    assert sorted(row()) == ["0.75", "1.00"], row()
    assert "baseline=eager" in t.b.js("return location.hash")
    choose(t, "#baseline", "")
    assert sorted(row()) == ["1,508", "2,016"], row()
    t.b.open("file://" + site(t) + "index.html#baseline=eager")
    assert sorted(row()) == ["0.75", "1.00"], row()
    silent(t)


def test_filter(t):
    """A filter leaves rows that have all of its words, and is in the address"""
    t.b.open(site(t) + "index.html")
    everything = texts(t, "table.matrix tbody th")
    assert everything == ["fork", "fork mb=16"], everything
    t.b.keys("/")
    t.b.keys("16", " ", "fo")
    assert texts(t, "table.matrix tbody th") == ["fork mb=16"]
    t.b.open("file://" + site(t) + "index.html#filter=16")
    assert texts(t, "table.matrix tbody th") == ["fork mb=16"]
    silent(t)


def test_sort(t):
    """Heads of columns sort by the number, not by its text; once more the other way round"""
    t.b.open(site(t) + "variant/eager.html")
    column = "table.sortable tbody td:nth-child(2)"
    t.b.all("table.sortable thead button")[1].click()
    up = [int(x.replace(",", "")) for x in texts(t, column)]
    assert up == sorted(up) and len(up) == 2, up
    t.b.all("table.sortable thead button")[1].click()
    assert [int(x.replace(",", "")) for x in texts(t, column)] == up[::-1]
    assert t.b.one("th[aria-sort]").get_attribute("aria-sort") == "descending"
    silent(t)


def test_compare(t):
    """Any two sets beside each other: rows, judgements, regressions only; the address holds it all"""
    address = compare_address(t)
    t.b.open(address)
    rows = [[c.text for c in r.find_elements("css selector", "th, td")] for r in t.b.visible("table.compare tbody tr")]
    assert len(rows) == 4, rows
    by = {(r[0], r[1]): r for r in rows}
    assert by["fork", "eager"][3:8] == ["1,008", "2,016", "2.00", "+100.00 %", "worse"], by
    assert by["fork", "nopin"][3:8] == ["1,508", "1,508", "1.00", "=", "same median"], by
    assert texts(t, "#summary")[0].startswith("4 rows: 2 worse, 0 better, 2 the same"), texts(t, "#summary")
    t.b.click("#worse")
    assert [r.text.split()[0] for r in t.b.visible("table.compare tbody tr")] == ["fork", "fork"]
    t.b.all("table.compare thead button")[3].click()
    t.b.all("table.compare thead button")[3].click()
    state = t.b.js("return location.hash")
    assert "only=worse" in state and "sort=3-" in state, state
    t.b.open("file://%scompare.html%s" % (site(t), state))
    assert texts(t, "table.compare tbody td:nth-child(4)") == ["2,608", "1,008"], "the state is not taken from the address"
    assert "build/pvmmu compare raw/" in texts(t, "#command")[0]
    silent(t)


def test_compare_seeds(t):
    """Exact figures of other seeds are not called better or worse"""
    os.makedirs(t.tmp + "/results")
    older, newer = older_and_newer()
    for run in newer["runs"]:
        run["identity"]["seed"] = 2
        run["id"] = run["id"].replace("~", ":seed=2~")
    for name, content in (("older.json", older), ("newer.json", newer)):
        with open("%s/results/%s" % (t.tmp, name), "w") as f:
            json.dump(content, f)
    t.pvmmu("dashboard", "-q", "--no-charts", t.tmp + "/results", "-o", t.tmp + "/site")
    t.b.open(t.tmp + "/site/compare.html")
    assert texts(t, "#summary")[0].startswith("4 rows: 0 worse, 0 better, 0 the same, 4 not told apart"), texts(t, "#summary")
    assert "other seeds (1 and 2)" in texts(t, "table.compare tbody tr")[0]
    silent(t)


def test_compare_units(t):
    """Times of other units are converted, and what is of another kind or sense is not compared"""
    os.makedirs(t.tmp + "/results")
    older, newer = older_and_newer()
    for content, unit in ((older, "ns"), (newer, "us")):
        for run in content["runs"]:
            eager = run["id"].endswith("~eager")
            run["series"][0]["unit"] = unit if eager else "requests"
            run["series"][0]["better"] = "higher" if unit == "us" and not eager else "lower"
    for name, content in (("older.json", older), ("newer.json", newer)):
        with open("%s/results/%s" % (t.tmp, name), "w") as f:
            json.dump(content, f)
    t.pvmmu("dashboard", "-q", "--no-charts", t.tmp + "/results", "-o", t.tmp + "/site")
    t.b.open(t.tmp + "/site/compare.html")
    rows = [[c.text for c in r.find_elements("css selector", "th, td")] for r in t.b.visible("table.compare tbody tr")]
    by = {(r[0], r[1]): r for r in rows}
    assert by["fork", "eager"][2:8] == ["insns, ns", "1,008", "2,016,000", "2,000", "+199900.00 %", "worse"], by
    assert by["fork", "nopin"][5:8] == ["-", "-", "cannot be compared: base in requests (lower is better), "
                                        "new in requests (higher is better)"], by
    silent(t)


def test_compare_strange(t):
    """An address that names no set of this site loads nothing and says so or takes the usual ones"""
    for strange in ("../../etc/passwd", "javascript:alert(1)", "0123456789abcdef", "<img src=x onerror=alert(1)>"):
        t.b.open("file://%scompare.html#base=%s" % (site(t), strange))
        assert t.b.alert() is None
        assert len(t.b.visible("table.compare tbody tr")) == 4
        silent(t)


def test_keys(t):
    """j and k go from row to row"""
    t.b.open(site(t) + "index.html")
    t.b.keys("j")
    t.b.keys("j")
    assert t.b.js("return document.activeElement.textContent") == "fork mb=16"
    t.b.keys("k")
    assert t.b.js("return document.activeElement.textContent") == "fork"


def test_figure(t):
    """A figure leads to its row, and from there to samples, file and command"""
    t.b.open(site(t) + "index.html")
    t.b.all("table.matrix tbody td a[href*='#c-']")[0].click()
    t.b.settle()
    assert t.b.visible("tr:target"), "no row"
    t.b.visible("tr:target td:last-child a")[0].click()
    t.b.settle()
    opened = t.b.visible("details:target")
    assert opened and opened[0].get_attribute("open"), "what is behind it is not shown"
    assert "build/pvmmu run" in opened[0].text and "2014" in opened[0].text, opened[0].text
    silent(t)


def test_trend(t):
    """Changes and annotations stand in the order of time"""
    t.b.open(site(t) + "trend.html")
    rows = texts(t, "table.changes tbody tr")
    assert len(rows) == 2 and "2 series: 2 worse, 0 better" in rows[0] and "a note" in rows[1], rows
    t.b.click("table.changes details")
    assert "xen64-fork~eager: 1,008 -> 2,016 instructions (+100.00 %, worse), from older.json to newer.json" in "\n".join(texts(t, "table.changes li"))
    assert len(t.b.visible("svg.spark line.note")) == 4
    silent(t)
