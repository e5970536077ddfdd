// SPDX-License-Identifier: MIT
// Any two result sets beside each other. Medians, their intervals and what is exact were computed
// when the site was made; here they are only divided and put in order.
"use strict";

(function () {
	const sets = {}, waiting = {};

	// Each data/ID.js calls this.
	window.pvmmuSet = function (set) {
		sets[set.id] = set;
	};

	// Names of files are hashes in hexadecimal, and what is not is no file of this site.
	function load(id) {
		if (!/^[0-9a-f]{16}$/.test(id))
			return Promise.reject(new Error("no such result set"));
		if (!waiting[id])
			waiting[id] = new Promise(function (resolve, reject) {
				const script = document.createElement("script");
				script.src = "data/" + id + ".js";
				script.onload = () => sets[id] ? resolve(sets[id]) : reject(new Error("data/" + id + ".js is empty"));
				script.onerror = () => reject(new Error("data/" + id + ".js is missing"));
				document.head.append(script);
			});
		return waiting[id];
	}

	function rowsOf(set) {
		return set.groups.flatMap((group) => group.rows.map((row) => Object.assign({group: group.title}, row)));
	}

	function variantsOf(set) {
		return [...new Set(rowsOf(set).map((row) => row.variant))];
	}

	// Rows of one thing in both sets. Two sets of one variant each are compared though the variants
	// differ, as `pvmmu compare` does.
	function pairs(base, fresh) {
		const cross = variantsOf(base).length === 1 && variantsOf(fresh).length === 1;
		const key = (row) => JSON.stringify([row.group, row.workload, cross ? "" : row.variant, row.metric || ""]);
		const all = new Map();
		for (const row of rowsOf(base))
			all.set(key(row), {base: row});
		for (const row of rowsOf(fresh))
			all.set(key(row), Object.assign(all.get(key(row)) || {}, {fresh: row}));
		// Runs that only one of them has come last.
		const judged = [...all.values()].map(judge), missing = (pair) => pair.kind === "missing";
		return [...judged.filter((pair) => !missing(pair)), ...judged.filter(missing)];
	}

	const measured = (row) => row && typeof row.median === "number";
	const known = (row) => typeof row.low === "number";

	const sense = (row) => (row.lower ? "lower" : "higher") + " is better";

	function inNanoseconds(row) {
		const times = (v) => typeof v === "number" ? v * row.ns : v;
		return Object.assign({}, row, {unit: "ns", ns: 1, median: times(row.median), low: times(row.low), high: times(row.high)});
	}

	// better, worse, equal; of what is not exact whether the intervals are apart at all.
	function judge(pair) {
		const {base, fresh} = pair;
		pair.any = fresh || base;
		pair.ratio = NaN;
		if (!measured(base) || !measured(fresh)) {
			const why = (row) => !row ? "not in the file" : measured(row) ? "there" : row.outcome;
			return Object.assign(pair, {kind: "missing", words: "base " + why(base) + ", new " + why(fresh)});
		}
		// Times of different units are both made nanoseconds; nothing else can be.
		if (base.unit !== fresh.unit && base.ns && fresh.ns)
			return judge(Object.assign(pair, {base: inNanoseconds(base), fresh: inNanoseconds(fresh)}));
		if (base.unit !== fresh.unit || base.lower !== fresh.lower)
			return Object.assign(pair, {kind: "missing", words: "cannot be compared: base in " + base.unit + " (" + sense(base) +
				"), new in " + fresh.unit + " (" + sense(fresh) + ")"});
		pair.ratio = base.median ? fresh.median / base.median : NaN;
		const better = (fresh.median < base.median) === base.lower;
		if (base.seeds !== fresh.seeds && base.exact) {
			Object.assign(pair, {kind: "open", words: "other seeds (" + base.seeds + " and " + fresh.seeds + "), which move a figure"});
		} else if (base.exact && fresh.exact) {
			pair.kind = fresh.median === base.median ? "equal" : better ? "better" : "worse";
			pair.words = pair.kind === "equal" ? "same median" : pair.kind;
		} else if (!known(base) || !known(fresh)) {
			Object.assign(pair, {kind: "open", words: "too few samples for an interval"});
		} else if (fresh.low > base.high || fresh.high < base.low) {
			pair.kind = better ? "better" : "worse";
			pair.words = pair.kind + ": the intervals are apart";
		} else {
			Object.assign(pair, {kind: "open", words: "the intervals are not apart"});
		}
		return pair;
	}

	function cell(text, properties, value) {
		const td = pvmmu.element("td", properties || {}, text);
		if (value !== undefined && !Number.isNaN(value))
			td.dataset.v = value;
		return td;
	}

	function figure(row) {
		if (!measured(row))
			return cell("-", {className: "n"});
		const td = cell(figures.number(row.median), {className: "n", title: row.command}, row.median);
		if (known(row))
			td.append(" (" + figures.number(row.low) + ".." + figures.number(row.high) + ")");
		return td;
	}

	function heat(ratio, lower) {
		const steps = document.getElementById("choose").dataset.steps.split(" ").map(Number);
		const step = steps.filter((s) => (ratio < 1 ? 1 / ratio : ratio) >= s).length;
		return !(ratio > 0) ? "" : step ? ((ratio > 1) === lower ? "worse" : "better") + step : "same";
	}

	function rowElement(pair) {
		const {any, base, fresh, ratio} = pair;
		const change = (ratio - 1) * 100;
		const variant = base && fresh && base.variant !== fresh.variant ? base.variant + " \u2192 " + fresh.variant : any.variant;
		const row = pvmmu.element("tr", {},
			pvmmu.element("th", {scope: "row"}, any.workload), cell(variant),
			cell(any.metric ? any.metric + ", " + any.unit : "-"), figure(base), figure(fresh),
			cell(Number.isNaN(ratio) ? "-" : figures.ratioWords(ratio), {className: "n " + heat(ratio, any.lower)}, ratio),
			cell(Number.isNaN(ratio) ? "-" : pair.kind === "equal" ? "=" : figures.percent(change) + " %", {className: "n"}, change),
			cell(pair.words, {className: pair.kind}), cell(any.group));
		row.dataset.kind = pair.kind;
		return row;
	}

	// A word of a command line, for a shell.
	function quoted(word) {
		return /^[\w@%+=:,.\/-]+$/.test(word) ? word : "'" + word.replace(/'/g, "'\\''") + "'";
	}

	function show(base, fresh) {
		const all = pairs(base, fresh);
		const count = (kind) => all.filter((pair) => pair.kind === kind).length;
		document.querySelector("table.compare tbody").replaceChildren(...all.map(rowElement));
		document.getElementById("summary").textContent = base.id === fresh.id ?
			"Both are the same set; choose another one." :
			all.length + " rows: " + count("worse") + " worse, " + count("better") + " better, " + count("equal") +
			" the same, " + count("open") + " not told apart, " + count("missing") + " missing on a side.";
		document.getElementById("command").replaceChildren(
			pvmmu.element("a", {href: base.raw}, "base"), " ", pvmmu.element("a", {href: fresh.raw}, "new"), " ",
			pvmmu.element("code", {className: "command"}, "build/pvmmu compare " + quoted(base.raw) + " " + quoted(fresh.raw)));
	}

	document.addEventListener("DOMContentLoaded", function () {
		const choose = document.getElementById("choose");
		if (!choose)
			return;
		const table = document.querySelector("table.compare");
		const selects = {base: document.getElementById("base"), new: document.getElementById("new")};
		const checks = {worse: document.getElementById("worse"), changed: document.getElementById("changed")};
		const usual = {base: selects.base.value, new: selects.new.value};
		const words = pvmmu.addFilter(document.getElementById("tools"), () => [...table.tBodies[0].rows], "q");

		function filter() {
			words();
			for (const row of table.tBodies[0].rows) {
				const kind = row.dataset.kind;
				if ((checks.worse.checked && kind !== "worse") ||
				    (checks.changed.checked && kind !== "worse" && kind !== "better"))
					row.hidden = true;
			}
		}

		function sort() {
			const order = /^(\d+)([+-])$/.exec(pvmmu.state().get("sort") || "");
			if (order && Number(order[1]) < table.tHead.rows[0].cells.length)
				pvmmu.sortTable(table, Number(order[1]), order[2] === "-");
		}

		function load_both() {
			Promise.all([load(selects.base.value), load(selects.new.value)]).then(function ([base, fresh]) {
				// Another choice may have been made meanwhile.
				if (base.id !== selects.base.value || fresh.id !== selects.new.value)
					return;
				show(base, fresh);
				sort();
				filter();
			}).catch(function (error) {
				document.getElementById("summary").textContent = String(error.message);
			});
		}

		function restore() {
			for (const name of Object.keys(selects)) {
				selects[name].value = pvmmu.state().get(name) || usual[name];
				if (!selects[name].value)
					selects[name].value = usual[name];
			}
			for (const name of Object.keys(checks))
				checks[name].checked = pvmmu.state().get("only") === name;
		}

		table.dataset.name = "sort";
		restore();
		for (const name of Object.keys(selects))
			selects[name].addEventListener("change", function () {
				pvmmu.setState(name, selects[name].value);
				load_both();
			});
		for (const name of Object.keys(checks))
			checks[name].addEventListener("change", function () {
				for (const other of Object.keys(checks))
					checks[other].checked = other === name && checks[name].checked;
				pvmmu.setState("only", checks[name].checked ? name : "");
				filter();
			});
		document.getElementById("filter").addEventListener("input", filter);
		window.addEventListener("hashchange", function () {
			restore();
			load_both();
		});
		load_both();
	});
})();
