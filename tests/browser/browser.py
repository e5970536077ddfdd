# SPDX-License-Identifier: MIT
"""A headless Chromium that notices what a page does.

Everything that a page asks for and everything that it writes to the console is kept, so that
"no error, and no request that leaves the file system" can be said of each page that was opened.
Where Chromium, its driver or Selenium is missing, missing() says which, and tests are skipped.
Debian's own Python has Selenium: run this with /usr/bin/python3.
"""
import base64
import json
import os
import pathlib
import shutil
import signal
import struct
import sys
import tempfile
import zlib

PROGRAMS = {"chromium": "chromium", "chromedriver": "chromium-driver"}  # and the package of each


def missing():
    """What is not installed, as a sentence; None if everything is there."""
    absent = [package for program, package in PROGRAMS.items() if not shutil.which(program)]
    try:
        import selenium.webdriver  # noqa: F401
    except ImportError:
        absent.append("python3-selenium")
    return "not installed: " + ", ".join(absent) if absent else None


def url_of(place):
    """A path as a file: URL; what is a URL already stays one."""
    return place if "://" in place or place.startswith("data:") else pathlib.Path(place).resolve().as_uri()


def end_on_signals():
    """SIGTERM, as sent by a deadline, becomes an exception, so that the browser is ended too."""
    def stop(number, _frame):
        sys.exit(128 + number)
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(number, stop)


# Facts of a picture (base64): width, height, colours, and the pixels as numbers of colours (base64). Colours
# that are left out become the nearest one that is not.
PALETTE = """
const done = arguments[1], image = new Image();
image.onload = () => {
    const canvas = new OffscreenCanvas(image.width, image.height).getContext('2d');
    canvas.drawImage(image, 0, 0);
    const bytes = canvas.getImageData(0, 0, image.width, image.height).data, count = new Map();
    const at = (i) => bytes[i] << 16 | bytes[i + 1] << 8 | bytes[i + 2];
    for (let i = 0; i < bytes.length; i += 4)
        count.set(at(i), (count.get(at(i)) || 0) + 1);
    const all = [...count].sort((a, b) => b[1] - a[1] || a[0] - b[0]).map((c) => c[0]);
    const parts = (c) => [c >> 16, c >> 8 & 255, c & 255];
    const distance = (a, b) => parts(a).reduce((sum, v, i) => sum + (v - parts(b)[i]) ** 2, 0);
    // First those that are like no other, though there may be few of them; then the most frequent.
    const unlike = [];
    for (const c of all)
        if (unlike.length < 200 && unlike.every((other) => distance(c, other) > 400))
            unlike.push(c);
    const colours = [...new Set([...unlike, ...all])].slice(0, 256);
    const place = new Map(colours.map((c, i) => [c, i]));
    let text = '';
    for (let i = 0; i < bytes.length; i += 4) {
        let n = place.get(at(i));
        if (n === undefined) {
            n = 0;
            for (let k = 1; k < colours.length; k++)
                if (distance(at(i), colours[k]) < distance(at(i), colours[n]))
                    n = k;
            place.set(at(i), n);
        }
        text += String.fromCharCode(n);
    }
    done([image.width, image.height, colours.flatMap(parts), btoa(text)]);
};
image.src = 'data:image/png;base64,' + arguments[0];
"""


class Browser:
    """One browser with one tab; `with Browser() as b`. Its profile is temporary."""

    # Chromium's own habits are switched off; the page does not cause them.
    QUIET = ("--disable-background-networking", "--disable-component-update", "--disable-sync",
             "--disable-default-apps", "--disable-extensions", "--no-first-run", "--mute-audio",
             "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars",
             "--force-color-profile=srgb", "--font-render-hinting=none")

    def __enter__(self):
        from selenium import webdriver
        from selenium.webdriver.chrome.service import Service
        self.home = tempfile.mkdtemp(prefix="pvmmu-browser-")
        options = webdriver.ChromeOptions()
        options.binary_location = shutil.which("chromium")
        options.page_load_strategy = "normal"
        for argument in self.QUIET + ("--headless=new", "--user-data-dir=" + self.home + "/profile"):
            options.add_argument(argument)
        if os.geteuid() == 0:
            options.add_argument("--no-sandbox")  # Chromium's sandbox refuses to run as root
        options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
        options.set_capability("unhandledPromptBehavior", "ignore")  # an alert is for the test to find
        env = {k: v for k, v in os.environ.items() if k not in ("DISPLAY", "WAYLAND_DISPLAY")}
        env.update(HOME=self.home, TMPDIR=self.home, XDG_CONFIG_HOME=self.home, XDG_CACHE_HOME=self.home)
        service = Service(executable_path=shutil.which("chromedriver"), log_path=os.devnull, env=env)
        try:
            self.driver = webdriver.Chrome(service=service, options=options)
        except BaseException:
            shutil.rmtree(self.home, ignore_errors=True)
            raise
        self.driver.set_page_load_timeout(600)
        self.driver.set_script_timeout(600)
        self.requests, self.console = [], []
        return self

    def __exit__(self, *_):
        try:
            self.driver.quit()
        finally:
            shutil.rmtree(self.home, ignore_errors=True)

    def _cdp(self, command, **parameters):
        return self.driver.execute_cdp_cmd(command, parameters)

    def look(self, width=1280, height=900, dark=False, motion=True, phone=False, scale=1):
        """How pages are shown from now on: size in CSS pixels, preferred colours, a phone or not."""
        self._cdp("Emulation.setDeviceMetricsOverride", width=width, height=height,
                  deviceScaleFactor=scale, mobile=phone)
        self._cdp("Emulation.setEmulatedMedia", media="", features=[
            {"name": "prefers-color-scheme", "value": "dark" if dark else "light"},
            {"name": "prefers-reduced-motion", "value": "no-preference" if motion else "reduce"}])

    def open(self, place, **look):
        """Loads a page and waits until it has come to rest; what earlier pages did is forgotten."""
        self.driver.get("about:blank")
        self._drain()
        self.requests, self.console = [], []
        self.look(**look)
        self.driver.get(url_of(place))
        self.settle()

    def settle(self):
        """Two frames and a moment: handlers of load, error and change events have run."""
        self.driver.execute_async_script(
            "const done = arguments[0];"
            "requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 30)));")

    def _drain(self):
        for entry in self.driver.get_log("performance"):
            event = json.loads(entry["message"])["message"]
            if event["method"] == "Network.requestWillBeSent":
                self.requests.append(event["params"]["request"]["url"])
            elif event["method"] == "Network.webSocketCreated":
                self.requests.append(event["params"]["url"])
        self.console += self.driver.get_log("browser")

    def problems(self):
        """What the page should not have done since open(): a list of sentences."""
        self._drain()
        found = ["request of " + u[:200] for u in self.requests
                 if not u.startswith(("file:", "data:", "about:"))]
        found += ["console: %s %s" % (e["level"], e["message"][:300]) for e in self.console
                  if e["level"] in ("SEVERE", "WARNING")]
        return found

    def js(self, script, *arguments):
        """The value of a function body's `return`."""
        return self.driver.execute_script(script, *arguments)

    def all(self, css):
        return self.driver.find_elements("css selector", css)

    def one(self, css):
        """The only element that the selector matches."""
        found = self.all(css)
        assert len(found) == 1, "%s matches %d elements" % (css, len(found))
        return found[0]

    def visible(self, css):
        return [e for e in self.all(css) if e.is_displayed()]

    def click(self, css):
        self.one(css).click()
        self.settle()

    def keys(self, *keys):
        """Types into whatever has the focus. Names as in Selenium's Keys: "TAB", "ENTER"; else text."""
        from selenium.webdriver.common.action_chains import ActionChains
        from selenium.webdriver.common.keys import Keys
        actions = ActionChains(self.driver)
        for key in keys:
            actions.send_keys(getattr(Keys, key, key) if key.isupper() else key)
        actions.perform()
        self.settle()

    def alert(self):
        """The text of a dialog that is open, None if there is none."""
        from selenium.common.exceptions import NoAlertPresentException
        try:
            return self.driver.switch_to.alert.text
        except NoAlertPresentException:
            return None

    def shot(self, out, whole=True):
        """A PNG of the whole page, or of what is in the window."""
        size = self._cdp("Page.getLayoutMetrics")["cssContentSize"]
        view = self._cdp("Page.getLayoutMetrics")["cssLayoutViewport"]
        height = size["height"] if whole else view["clientHeight"]
        data = self._cdp("Page.captureScreenshot", format="png", captureBeyondViewport=whole, clip={
            "x": 0, "y": 0, "width": view["clientWidth"], "height": height, "scale": 1})["data"]
        with open(out, "wb") as f:
            f.write(base64.b64decode(data))

    def shrink(self, path):
        """Rewrites a PNG with 256 colours, of which each is near; for text and tables that is no
        difference that one sees, and a third of the bytes. Opens another page."""
        with open(path, "rb") as f:
            png = base64.b64encode(f.read()).decode("ascii")
        self.driver.get("about:blank")
        width, height, palette, pixels = self.driver.execute_async_script(PALETTE, png)
        rows = base64.b64decode(pixels)
        rows = b"".join(b"\0" + rows[y * width:(y + 1) * width] for y in range(height))

        def chunk(kind, body):
            return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        with open(path, "wb") as f:
            f.write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)) +
                    chunk(b"PLTE", bytes(palette)) + chunk(b"IDAT", zlib.compress(rows, 9)) + chunk(b"IEND", b""))
