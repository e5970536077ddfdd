# SPDX-License-Identifier: MIT
"""Pictures of pages, as the README has them."""
import base64
import os


def pixels(t, path):
    """The colours of a PNG at some places, as the browser decodes it."""
    with open(path, "rb") as f:
        png = base64.b64encode(f.read()).decode("ascii")
    t.b.driver.get("about:blank")
    return t.b.driver.execute_async_script("""
        const done = arguments[1], image = new Image();
        image.onload = () => {
            const canvas = new OffscreenCanvas(image.width, image.height).getContext('2d');
            canvas.drawImage(image, 0, 0);
            const at = (x, y) => [...canvas.getImageData(x, y, 1, 1).data].slice(0, 3);
            done([[image.width, image.height], at(5, 5), at(150, 5), at(599, 99)]);
        };
        image.src = 'data:image/png;base64,' + arguments[0];""", png)


def test_shrink(t):
    """A picture is shrunk without losing its size, or a colour that only a few points have"""
    page, png = os.path.join(t.tmp, "page.svg"), os.path.join(t.tmp, "page.png")
    with open(page, "w", encoding="utf-8") as f:
        # More colours than there is room for, and two squares smaller than the stripe of any of them.
        f.write('<svg xmlns="http://www.w3.org/2000/svg" width="600" height="100"><defs><linearGradient id="g">'
                '<stop stop-color="#000"/><stop offset=".5" stop-color="#00f"/><stop offset="1" stop-color="#ff0"/></linearGradient></defs>'
                '<rect width="600" height="100" fill="url(#g)"/><rect width="9" height="9" fill="#cc79a7"/>'
                '<rect x="146" width="9" height="9" fill="#009e73"/></svg>')
    t.b.open(page, width=600, height=100)
    t.b.shot(png, whole=False)
    before = pixels(t, png)
    t.b.shrink(png)
    after = pixels(t, png)
    assert before[:3] == after[:3] == [[600, 100], [0xcc, 0x79, 0xa7], [0x00, 0x9e, 0x73]], (before, after)
    assert all(abs(a - b) <= 12 for a, b in zip(before[3], after[3])), (before, after)
