// SPDX-License-Identifier: MIT
// How numbers are written, exactly as bench/lib/figures.c does it: with as many digits as the figure
// needs, so that what is not zero never reads as zero, nor what is not one as one.
"use strict";

(function () {
	const LONG = 1e18, SMALL_NUMBER = 0.1, SMALL_PERCENT = 0.01, DECIMALS_MAX = 16;

	// C rounds a number that lies in the middle to the even digit, toFixed() to the larger.
	function fixed(v, decimals) {
		const size = Math.abs(v), up = size.toFixed(decimals);
		const middle = decimals < 40 && /^50*$/.test(size.toFixed(60).split(".")[1].slice(decimals));
		const text = middle && Number(up.slice(-1)) % 2 ? size.toFixed(decimals + 1).slice(0, -1).replace(/\.$/, "") : up;
		return (v < 0 ? "-" : "") + text;
	}

	// printf()'s %.Ng: so many digits, without zeros at the end.
	function general(v, digits) {
		const [mantissa, power] = v.toExponential(digits - 1).split("e").map((s) => s.replace("+", ""));
		const short = (s) => s.includes(".") ? s.replace(/\.?0+$/, "") : s;
		if (power < -4 || power >= digits)
			return short(mantissa) + "e" + (power < 0 ? "-" : "+") + String(Math.abs(power)).padStart(2, "0");
		return short(fixed(v, Math.max(0, digits - 1 - power)));
	}

	function number(v) {
		if (!Number.isFinite(v))
			return "-";
		if (v === 0)
			return "0";
		if (Math.abs(v) >= LONG)
			return general(v, 6);
		if (Math.abs(v) < SMALL_NUMBER)
			return general(v, 3);
		const [whole, rest] = fixed(v, Number.isInteger(v) ? 0 : 2).split(".");
		return whole.replace(/\B(?=(\d{3})+$)/g, ",") + (rest ? "." + rest : "");
	}

	// With its sign, without the word.
	function percent(v) {
		if (!Number.isFinite(v))
			return "-";
		const size = Math.abs(v), text = size !== 0 && size < SMALL_PERCENT ? general(size, 1) :
			size >= LONG ? general(size, 6) : fixed(size, 2);
		return (v < 0 ? "-" : "+") + text;
	}

	function ratio(v, decimals) {
		if (!Number.isFinite(v))
			return "-";
		if (Math.abs(v) >= LONG)
			return general(v, 6);
		if (v !== 0 && Math.abs(v) < Math.pow(10, 1 - decimals))
			return general(v, 2);
		let text = fixed(v, decimals);
		while (v !== 1 && Number(text) === 1 && decimals < DECIMALS_MAX)
			text = fixed(v, ++decimals);
		return text;
	}

	// A ratio on a page: with fewer digits the larger it is.
	function ratioWords(v) {
		return v < 10 ? ratio(v, 2) : v < 100 ? ratio(v, 1) : number(Math.round(v));
	}

	window.figures = {number, percent, ratioWords};
})();
