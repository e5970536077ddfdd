// SPDX-License-Identifier: MIT
// What a page must be for all its readers. Run in the page by checks.py; returns sentences, each about
// something that is wrong. arguments[0]: which check.
const checks = {
	// Contrast of each text with what is behind it, by WCAG 2.2: 4.5, or 3 for large text.
	contrast() {
		const canvas = new OffscreenCanvas(1, 1).getContext('2d', {willReadFrequently: true});
		// Any CSS colour as [red, green, blue, alpha] of 0..255 and 0..1, converted by the browser itself.
		const bytes = (colour) => {
			canvas.clearRect(0, 0, 1, 1);
			canvas.fillStyle = colour;
			canvas.fillRect(0, 0, 1, 1);
			const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
			return [r, g, b, a / 255];
		};
		const over = (top, below) => top.map((v, i) => i == 3 ? 1 : v * top[3] + below[i] * (1 - top[3]));
		const linear = (v) => v <= 0.04045 * 255 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4;
		const luminance = (c) => 0.2126 * linear(c[0]) + 0.7152 * linear(c[1]) + 0.0722 * linear(c[2]);
		const ratio = (a, b) => {
			const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y);
			return (high + 0.05) / (low + 0.05);
		};
		const canvasColour = () => {
			const probe = document.createElement('div');
			probe.style.backgroundColor = 'Canvas';
			document.documentElement.append(probe);
			const colour = bytes(getComputedStyle(probe).backgroundColor);
			probe.remove();
			return colour;
		};
		const page = canvasColour();
		const behind = (element) => {
			const layers = [];
			for (let e = element; e; e = e.parentElement) {
				const colour = bytes(getComputedStyle(e).backgroundColor);
				if (colour[3] > 0)
					layers.push(colour);
				if (colour[3] == 1)
					break;
			}
			return layers.reverse().reduce((below, top) => over(top, below), page);
		};
		const opacity = (element) => {
			let product = 1;
			for (let e = element; e; e = e.parentElement)
				product *= parseFloat(getComputedStyle(e).opacity);
			return product;
		};
		const bad = new Map();
		const look = (element, text) => {
			const style = getComputedStyle(element), box = element.getBoundingClientRect();
			if (!element.checkVisibility({checkOpacity: true, checkVisibilityCSS: true}) || box.width * box.height < 2 ||
				element.closest(':disabled, [aria-disabled="true"]'))
				return;
			const background = behind(element);
			const colour = bytes(element instanceof SVGElement ? style.fill : style.color);
			colour[3] *= opacity(element);
			const size = parseFloat(style.fontSize), bold = parseInt(style.fontWeight) >= 700;
			const wanted = size >= 24 || (bold && size >= 18.66) ? 3 : 4.5;
			const got = ratio(over(colour, background), background);
			if (got < wanted) {
				const what = `${element.tagName.toLowerCase()}${element.className && !(element instanceof SVGElement) ? '.' + element.className : ''}`;
				if (!bad.has(what))
					bad.set(what, `contrast ${got.toFixed(2)}, wanted ${wanted}: "${text.trim().slice(0, 40)}" in ${what}, ` +
						`${style.color} on rgb(${background.slice(0, 3).map(Math.round)})`);
			}
		};
		const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
		for (let n = walk.nextNode(); n; n = walk.nextNode())
			if (n.data.trim() && !n.parentElement.closest('script, style, noscript, template, option, details:not([open]) > :not(summary)'))
				look(n.parentElement, n.data);
		for (const e of document.querySelectorAll('input, select, textarea'))
			look(e, e.value || e.placeholder || 'x');
		return [...bad.values()];
	},

	// The structure that screen readers need.
	structure() {
		const bad = [], all = (css) => [...document.querySelectorAll(css)];
		const want = (good, text) => good || bad.push(text);
		want(document.doctype, 'no doctype');
		want(document.documentElement.lang, 'no language');
		want(document.title.trim(), 'no title');
		want(all('meta[name=viewport]').length == 1, 'no viewport');
		want(all('main').length == 1, `${all('main').length} main parts`);
		want(all('h1').length == 1, `${all('h1').length} headings of the first level`);
		let level = 0;
		for (const h of all('h1, h2, h3, h4, h5, h6')) {
			const now = Number(h.tagName[1]);
			want(now <= level + 1, `heading "${h.textContent.trim().slice(0, 40)}" of level ${now} below level ${level}`);
			level = now;
		}
		const ids = new Map();
		for (const e of all('[id]'))
			ids.set(e.id, (ids.get(e.id) || 0) + 1);
		for (const [id, n] of ids)
			want(n == 1, `${n} elements with the id ${id}`);
		for (const name of ['aria-labelledby', 'aria-describedby', 'aria-controls', 'for'])
			for (const e of all(`[${name}]`))
				for (const id of e.getAttribute(name).split(/\s+/))
					want(ids.has(id), `${name} names ${id}, which is not there`);
		for (const a of all('a[href^="#"]'))
			want(a.hash.length < 2 || ids.has(decodeURIComponent(a.hash.slice(1))), `link to ${a.hash}, which is not there`);
		for (const e of all('img'))
			want(e.hasAttribute('alt'), `picture without a text: ${e.getAttribute('src')}`);
		for (const e of all('img'))
			want(!e.complete || e.naturalWidth > 0 || e.loading == 'lazy', `picture that does not load: ${e.getAttribute('src')}`);
		for (const e of all('[tabindex]'))
			want(e.tabIndex <= 0, `tabindex ${e.tabIndex}`);
		for (const e of all('table'))
			want(e.querySelector('th'), 'table without headers');
		for (const e of all('script:not([src]), style, [style]'))
			want(e.tagName == 'SCRIPT' && /json/.test(e.type), `inline ${e.tagName == 'SCRIPT' ? 'script' : 'style'} in ${e.outerHTML.slice(0, 80)}`);
		for (const e of all('*'))
			for (const a of e.attributes)
				want(!/^on/i.test(a.name), `handler ${a.name} in ${e.tagName.toLowerCase()}`);
		for (const e of all('a[href], area[href], form[action]')) {
			const url = new URL(e.getAttribute('href') || e.getAttribute('action'), document.baseURI);
			want(['file:', 'https:', 'http:', 'mailto:'].includes(url.protocol), `link with ${url.protocol}`);
		}
		return bad;
	},

	// The page does not scroll sideways; what is wider scrolls in a box of its own.
	width() {
		const page = document.documentElement, bad = [];
		if (page.scrollWidth <= page.clientWidth)
			return bad;
		const inBox = (e) => {
			for (let p = e.parentElement; p && p != document.body; p = p.parentElement)
				if (/auto|scroll|hidden|clip/.test(getComputedStyle(p).overflowX))
					return true;
			return false;
		};
		for (const e of document.body.querySelectorAll('*')) {
			const right = e.getBoundingClientRect().right + scrollX;
			if (right > page.clientWidth + 0.5 && !inBox(e) && bad.length < 3)
				bad.push(`${e.tagName.toLowerCase()}${e.className && e.className.baseVal === undefined ? '.' + e.className : ''} ends at ${Math.round(right)}`);
		}
		return [`page is ${page.scrollWidth} wide in a window of ${page.clientWidth}: ${bad.join('; ')}`];
	},
};
return checks[arguments[0]]();
