#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A picture of a page as Chromium shows it; what the page complains of goes to standard error.

    tests/browser/shot.py site/index.html out.png
    tests/browser/shot.py --phone --dark --window site/index.html out.png

Several pages take one browser: URL OUT.png URL OUT.png ...
"""
import argparse
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import browser  # noqa: E402


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("page", nargs="+", metavar="URL OUT.png", help="pairs of a path or URL and a picture")
    p.add_argument("--width", type=int, default=1280, help="of the window, in CSS pixels (1280)")
    p.add_argument("--height", type=int, default=900, help="likewise (900)")
    p.add_argument("--scale", type=float, default=1, help="pixels of the picture per CSS pixel (1)")
    p.add_argument("--dark", action="store_true", help="for a reader who prefers dark colours")
    p.add_argument("--phone", action="store_true", help="a phone of 360 pixels' width")
    p.add_argument("--window", action="store_true", help="only what is in the window, not the whole page")
    a = p.parse_args()
    if len(a.page) % 2:
        p.error("expected pairs of URL and OUT.png")
    missing = browser.missing()
    if missing:
        print("shot.py: " + missing, file=sys.stderr)
        return 4
    browser.end_on_signals()
    bad = False
    with browser.Browser() as b:
        for place, out in zip(a.page[::2], a.page[1::2]):
            b.open(place, width=360 if a.phone else a.width, height=740 if a.phone else a.height,
                   dark=a.dark, phone=a.phone, scale=a.scale)
            b.shot(out, whole=not a.window)
            for problem in b.problems():
                bad = True
                print("%s: %s" % (place, problem), file=sys.stderr)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
