# SPDX-License-Identifier: MIT
"""What each page must be, whatever is on it: readable, usable by keyboard, narrow enough, silent."""
import os

with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "checks.js"), encoding="utf-8") as f:
    SCRIPT = f.read()

# An element of these roles needs a name; Chromium tells it to screen readers.
NAMED = {"link", "button", "textbox", "searchbox", "combobox", "checkbox", "radio", "image", "switch",
         "slider", "spinbutton", "listbox", "DisclosureTriangle"}


def nameless(b):
    """Controls, links and pictures that a screen reader could not tell anything about."""
    b._cdp("Accessibility.enable")
    nodes = b._cdp("Accessibility.getFullAXTree")["nodes"]
    b._cdp("Accessibility.disable")
    bad = []
    for n in nodes:
        role = n.get("role", {}).get("value")
        if not n.get("ignored") and role in NAMED and not n.get("name", {}).get("value", "").strip():
            bad.append("a %s has no name" % role)
    return sorted(set(bad))


def keyboard(b, at_most=400):
    """Tab reaches what can be reached, each once and in the page's order, and shows where it is."""
    bad, seen = [], []
    b.js("document.activeElement.blur(); window.scrollTo(0, 0);")
    plain = b.js("""return [...document.querySelectorAll(
        'a[href], button, input, select, textarea, summary, [tabindex="0"]')].filter((e) => !e.disabled &&
        e.checkVisibility({checkVisibilityCSS: true}) && e.tabIndex >= 0 && e.type != 'radio').length""")
    for _ in range(min(plain, at_most)):
        b.driver.switch_to.active_element.send_keys("\ue004")  # Tab
        state = b.js("""
            const e = document.activeElement, s = getComputedStyle(e);
            if (!e || e == document.body || e == document.documentElement)
                return null;
            window.pvmmuSeen = window.pvmmuSeen || [];
            const again = window.pvmmuSeen.includes(e), last = window.pvmmuSeen.at(-1);
            const back = last && !(last.compareDocumentPosition(e) & Node.DOCUMENT_POSITION_FOLLOWING);
            window.pvmmuSeen.push(e);
            const shown = (s.outlineStyle != 'none' && parseFloat(s.outlineWidth) >= 1) || s.boxShadow != 'none';
            const box = e.getBoundingClientRect();
            return [e.tagName.toLowerCase() + ' "' + (e.textContent || e.name || '').trim().slice(0, 30) + '"',
                again, Boolean(back), shown, box.width * box.height > 0];""")
        if state is None:
            break
        name, again, back, shown, there = state
        if again:
            bad.append("keyboard: back at " + name + " before the end")
            break
        seen.append(name)
        if back:
            bad.append("keyboard: %s comes before what was reached before it" % name)
        if not shown:
            bad.append("keyboard: no sign that %s has the focus" % name)
        if not there:
            bad.append("keyboard: %s has the focus and no size" % name)
    b.js("delete window.pvmmuSeen")
    if len(seen) < min(plain, at_most):
        bad.append("keyboard: %d of %d reached" % (len(seen), plain))
    return bad[:5]


def page(b, place, tab=True):
    """Everything that is wrong with a page, light, dark and on a phone: a list of sentences."""
    b.open(place)
    bad = [("page", f) for f in b.js(SCRIPT, "structure") + nameless(b) + (keyboard(b) if tab else [])]
    bad += [("light", f) for f in b.js(SCRIPT, "contrast")]
    b.look(dark=True)
    b.settle()
    bad += [("dark", f) for f in b.js(SCRIPT, "contrast")]
    b.look(width=360, height=740, phone=True)
    b.settle()
    bad += [("phone", f) for f in b.js(SCRIPT, "width")]
    bad += [("page", f) for f in b.problems()]
    return [how + ": " + f for how, f in bad]
