#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Runs tests in one browser, and prints TAP.

    tests/browser/run.py [FILE.py]...        (all test_*.py and site_*.py beside it)

A test is a function whose name begins with test_, with a sentence below it that says what holds. It
gets a Context: the browser `b`, a directory of its own `tmp`, and the program `pvmmu()`. It fails by an
exception; what assert says is printed. PVMMU_UNDER_TEST is the program that is tested.
"""
import glob
import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
import time
import traceback

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
sys.dont_write_bytecode = True
import browser  # noqa: E402
import checks  # noqa: E402


class Skip(Exception):
    """Raised by a test that cannot be made here; says why."""


class Context:
    root = os.path.dirname(os.path.dirname(HERE))

    def __init__(self, b, tmp):
        self.b, self.all_tmp, self.tmp = b, tmp, tmp
        self.program = os.environ.get("PVMMU_UNDER_TEST", os.path.join(self.root, "build/san/pvmmu"))
        self.kept = {}

    def pvmmu(self, *arguments, expect=0):
        """Runs the program; its standard output."""
        env = {k: v for k, v in os.environ.items() if k not in ("PVMMU_ROOT", "NO_COLOR", "MAKEFLAGS")}
        env["TERM"] = "dumb"
        got = subprocess.run([self.program, *map(str, arguments)], stdin=subprocess.DEVNULL, env=env,
                             capture_output=True, cwd=self.root)
        error = got.stderr.decode("utf-8", "replace")
        assert got.returncode == expect, "pvmmu %s: exit code %d, expected %d\n%s" % (
            arguments[0], got.returncode, expect, error[-2000:])
        return got.stdout.decode("utf-8", "replace")

    def once(self, name, make):
        """make(directory) called once for all tests of this run, which share what it leaves there."""
        if name not in self.kept:
            where = os.path.join(self.all_tmp, "shared-" + name)
            os.makedirs(where)
            self.kept[name] = make(where) or where
        return self.kept[name]

    def skip(self, why):
        raise Skip(why)

    def check_page(self, place, tab=True):
        """Everything in checks.py holds of a page."""
        bad = checks.page(self.b, place, tab)
        assert not bad, "%s:\n  %s" % (os.path.basename(place), "\n  ".join(bad[:20]))


def tests_of(path):
    name = os.path.splitext(os.path.basename(path))[0]
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    found = [(k, f) for k, f in vars(module).items() if k.startswith("test_") and callable(f)]
    return [(name, k, f) for k, f in found]


def say(text):
    print("\n".join("# " + line for line in text.rstrip().split("\n")), flush=True)


def main():
    files = sys.argv[1:] or sorted(glob.glob(HERE + "/test_*.py") + glob.glob(HERE + "/site_*.py"))
    missing = browser.missing()
    if missing:
        print("1..0 # SKIP " + missing)
        return 0
    tests = [t for path in files for t in tests_of(path)]
    print("1..%d" % len(tests), flush=True)
    browser.end_on_signals()
    failed = 0
    tmp = tempfile.mkdtemp(prefix="pvmmu-test-")
    try:
        with browser.Browser() as b:
            context = Context(b, tmp)
            for number, (module, name, function) in enumerate(tests, 1):
                context.tmp = tempfile.mkdtemp(prefix=name + "-", dir=tmp)
                start, line, detail = time.monotonic(), "ok", ""
                title = (function.__doc__ or name).strip().split("\n")[0].rstrip(".")
                try:
                    function(context)
                except Skip as s:
                    detail = " # SKIP %s" % s
                except AssertionError as e:
                    line, detail = "not ok", ""
                    where = traceback.extract_tb(e.__traceback__)[1]
                    say("%s:%d: %s\n%s" % (os.path.basename(where.filename), where.lineno, where.line, e))
                except Exception:
                    line = "not ok"
                    say(traceback.format_exc())
                failed += line != "ok"
                print("%s %d - %s: %s%s" % (line, number, module, title, detail), flush=True)
                if os.environ.get("PVMMU_TIMES"):
                    say("%.2f s" % (time.monotonic() - start))
    finally:
        shutil.rmtree(tmp, ignore_errors=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
