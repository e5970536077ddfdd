# SPDX-License-Identifier: MIT
"""The checks can fail: pages that misbehave, each in one way, are noticed; a good one is not."""
import os
import time

import checks

GOOD = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Page</title>
<meta name="viewport" content="width=device-width">
<link rel="stylesheet" href="style.css"><main><h1>Page</h1>%s</main></html>"""
STYLE = ":root { color-scheme: light dark } a { color: LinkText } .faint { color: #999; background: #fff }\n.wide { width: 600px }" \
    "\n.mute:focus { outline: none }\n.box { overflow: auto } @media (prefers-color-scheme: dark) { .dim { color: #444 } a { color: #9cf } }"


def page(t, body, name="page.html", whole=GOOD):
    with open(os.path.join(t.tmp, "style.css"), "w", encoding="utf-8") as f:
        f.write(STYLE)
    path = os.path.join(t.tmp, name)
    with open(path, "w", encoding="utf-8") as f:
        f.write(whole % body)
    return path


def found(t, body, *words, whole=GOOD):
    bad = checks.page(t.b, page(t, body, whole=whole))
    for word in words:
        assert any(word in line for line in bad), "nothing says \"%s\": %s" % (word, bad)


def test_good(t):
    """A good page passes, one wide box on it included."""
    t.check_page(page(t, '<p class="box"><a href="#x">link</a> <button id="x">Do</button>'
                         '<span class="box"><i class="wide">wide</i></span></p>'))


def test_console(t):
    """An error in a script, a missing file, and a request of another place are noticed."""
    with open(os.path.join(t.tmp, "bad.js"), "w", encoding="utf-8") as f:
        f.write("nonsense();")
    found(t, '<script src="bad.js"></script><script src="none.js"></script><img alt="x" src="http://192.0.2.1/canary.png">',
          "nonsense is not defined", "ERR_FILE_NOT_FOUND", "request of http://192.0.2.1/canary.png")


def test_contrast(t):
    """Faint text is noticed, also if it is so in dark only, or by its opacity."""
    found(t, '<p class="faint">faint</p><p class="dim">dim</p>', "light: contrast 2.85, wanted 4.5: \"faint\"",
          "dark: contrast 1.", "\"dim\" in p.dim")


def test_structure(t):
    """Missing names, titles, headings, doubled ids, inline scripts and handlers are noticed."""
    found(t, '<button></button><img src="x.svg"><h3>x</h3><p id="a"></p><p id="a"></p><script>1</script>'
          '<p onclick="x()">x</p><a href="javascript:x()">x</a><a href="#no">x</a><table><tr><td>x</table>',
          "a button has no name", "picture without a text", "of level 3 below level 1", "2 elements with the id a",
          "inline script", "handler onclick", "link with javascript:", "link to #no", "table without headers")
    found(t, "<main></main><h1>x</h1>", "no title", "no language", "2 main parts", "2 headings", "no viewport",
          whole=GOOD.replace("<title>Page</title>", "").replace(' lang="en"', "").replace("viewport", "other"))


def test_width(t):
    """What is wider than a phone is noticed."""
    found(t, '<p class="wide">wide</p>', "phone: page is 608 wide in a window of 360: p.wide ends at 608")


def test_keyboard(t):
    """A focus that cannot be seen is noticed, and one that leaves the page's order."""
    found(t, '<button class="mute">x</button>', "no sign that button")
    found(t, '<button>x</button><button tabindex="1">y</button>', "comes before")


def test_alert(t):
    """A dialog is seen."""
    with open(os.path.join(t.tmp, "alert.js"), "w", encoding="utf-8") as f:
        f.write("setTimeout(() => alert('canary'), 60);")
    t.b.open(page(t, '<script src="alert.js"></script>'))
    end = time.monotonic() + 600
    while t.b.alert() is None and time.monotonic() < end:
        time.sleep(0.02)
    assert t.b.alert() == "canary"
    t.b.driver.switch_to.alert.accept()
