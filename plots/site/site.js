// SPDX-License-Identifier: MIT
// What the pages of the dashboard can do beyond being read: choose a theme, sort and filter tables,
// show ratios to another baseline. All figures are those that are in the page; nothing is fetched.
"use strict";

(function () {
	const root = document.documentElement;

	// Storage may be forbidden; then a choice lasts as long as the page.
	function remembered(name, value) {
		try {
			if (value === undefined)
				return localStorage.getItem(name);
			localStorage.setItem(name, value);
		} catch (_error) {
			return null;
		}
		return value;
	}

	// Controls that need scripts are shown from the beginning, so that the page does not move later.
	root.classList.add("js");

	const theme = remembered("pvmmu-theme");
	if (theme === "light" || theme === "dark")
		root.dataset.theme = theme;

	function isDark() {
		return root.dataset.theme ? root.dataset.theme === "dark" :
			matchMedia("(prefers-color-scheme: dark)").matches;
	}

	function element(tag, properties, ...children) {
		const made = Object.assign(document.createElement(tag), properties);
		made.append(...children);
		return made;
	}

	function addThemeSwitch() {
		const nav = document.querySelector("header.site nav");
		const button = element("button", {type: "button", id: "theme"});
		function show() {
			button.textContent = isDark() ? "Light" : "Dark";
			button.setAttribute("aria-label", "Show this site " + (isDark() ? "light" : "dark"));
		}
		button.addEventListener("click", function () {
			root.dataset.theme = isDark() ? "light" : "dark";
			remembered("pvmmu-theme", root.dataset.theme);
			show();
		});
		matchMedia("(prefers-color-scheme: dark)").addEventListener("change", show);
		show();
		nav.append(button);
	}

	// ---- state in the address: what is behind the #, as name=value&... ----

	// An address that only names a place in the page is no state.
	function state() {
		const text = location.hash.slice(1);
		return new URLSearchParams(text.includes("=") ? text : "");
	}

	function setState(name, value) {
		const all = state();
		if (value)
			all.set(name, value);
		else
			all.delete(name);
		history.replaceState(null, "", location.pathname + location.search + "#" + all);
	}

	// ---- sorting ----

	// Numbers by their full value, which is in data-v; what has none comes last.
	function sortKey(row, column) {
		const cell = row.cells[column];
		if (!cell)
			return null;
		if (cell.dataset.v !== undefined)
			return Number(cell.dataset.v);
		const text = cell.textContent.trim();
		return cell.classList.contains("n") && (text === "" || text === "-") ? null : text;
	}

	function compare(a, b) {
		if (a === null || b === null)
			return (a === null) - (b === null);
		if (typeof a === "number" && typeof b === "number")
			return a - b;
		return String(a).localeCompare(String(b), "en", {numeric: true});
	}

	function sortTable(table, column, descending) {
		const body = table.tBodies[0];
		const rows = [...body.rows].map((row, place) => ({row, place, key: sortKey(row, column)}));
		rows.sort(function (x, y) {
			const order = compare(x.key, y.key);
			const known = x.key !== null && y.key !== null;
			return (descending && known ? -order : order) || x.place - y.place;
		});
		body.append(...rows.map((entry) => entry.row));
		[...table.tHead.rows[0].cells].forEach(function (head, place) {
			if (place === column)
				head.setAttribute("aria-sort", descending ? "descending" : "ascending");
			else
				head.removeAttribute("aria-sort");
		});
	}

	function makeSortable(table) {
		[...table.tHead.rows[0].cells].forEach(function (head, column) {
			const button = element("button", {type: "button", title: "sort by this column"}, ...head.childNodes);
			head.append(button);
			button.addEventListener("click", function () {
				const descending = head.getAttribute("aria-sort") === "ascending";
				sortTable(table, column, descending);
				if (table.dataset.name)
					setState(table.dataset.name, column + (descending ? "-" : "+"));
			});
		});
	}

	// ---- filtering ----

	// Every word must be in the row's text.
	function filterRows(rows, text) {
		const words = text.toLowerCase().split(/\s+/).filter(Boolean);
		let shown = 0;
		for (const row of rows) {
			row.hidden = !words.every((word) => row.textContent.toLowerCase().includes(word));
			shown += !row.hidden;
		}
		return shown;
	}

	function addFilter(place, rows, name) {
		const input = element("input", {type: "search", id: "filter", placeholder: "words, all of them", autocomplete: "off"});
		const count = element("span", {className: "lead", role: "status"});
		function apply() {
			const shown = filterRows(rows(), input.value);
			count.textContent = input.value ? shown + " of " + rows().length + " rows" : "";
		}
		input.value = state().get(name) || "";
		input.addEventListener("input", function () {
			setState(name, input.value);
			apply();
		});
		place.append(element("label", {}, "Filter", input), count);
		apply();
		return apply;
	}

	// ---- the matrix ----

	function heatClass(table, ratio) {
		const by = ratio < 1 ? 1 / ratio : ratio;
		const step = table.dataset.steps.split(" ").filter((s) => by >= Number(s)).length;
		if (!(ratio > 0))
			return "none";
		return step ? ((ratio > 1) === (table.dataset.lower === "1") ? "worse" : "better") + step : "same";
	}

	function variantsOf(table) {
		return [...table.tHead.rows[0].cells].slice(2).map((head) => head.dataset.variant);
	}

	// Ratios to a variant, or figures themselves if there is none of that name.
	function showBaseline(table, baseline) {
		const column = variantsOf(table).indexOf(baseline);
		for (const head of table.tHead.rows[0].cells) {
			if (head.dataset.variant === baseline)
				head.setAttribute("aria-current", "true");
			else
				head.removeAttribute("aria-current");
		}
		for (const row of table.tBodies[0].rows) {
			const base = column >= 0 ? Number(row.cells[column + 2].dataset.v) : NaN;
			for (const cell of [...row.cells].slice(2)) {
				if (cell.dataset.v === undefined)
					continue;
				const value = Number(cell.dataset.v), ratio = value / base;
				const whole = base > 0;
				cell.className = whole ? heatClass(table, ratio) : "";
				cell.firstElementChild.textContent = whole ? figures.ratioWords(ratio) : figures.number(value);
			}
		}
		// The means in the last row are those of the baseline that the page was made with.
		if (table.tFoot)
			table.tFoot.hidden = baseline !== table.dataset.baseline;
		table.parentElement.setAttribute("aria-label", (column >= 0 ? "ratio to " + baseline : "medians"));
	}

	function addBaselines(place, tables) {
		const names = [...new Set(tables.flatMap(variantsOf))];
		const select = element("select", {id: "baseline"});
		const usual = tables[0].dataset.baseline;
		for (const name of names)
			select.append(element("option", {value: name}, "ratio to " + name));
		select.append(element("option", {value: ""}, "the medians themselves"));
		function apply() {
			tables.forEach((table) => showBaseline(table, select.value));
		}
		const wanted = state().get("baseline");
		select.value = wanted !== null && (names.includes(wanted) || wanted === "none") ? (wanted === "none" ? "" : wanted) : usual;
		select.addEventListener("change", function () {
			setState("baseline", select.value === usual ? "" : select.value || "none");
			apply();
		});
		place.append(element("label", {}, "Show", select));
		if (select.value !== usual)
			apply();
	}

	// ---- keys ----

	// j and k go from row to row, / to the filter.
	function onKey(event) {
		if (event.ctrlKey || event.metaKey || event.altKey || /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName))
			return;
		if (event.key === "/" && document.getElementById("filter")) {
			event.preventDefault();
			document.getElementById("filter").focus();
		}
		if (event.key !== "j" && event.key !== "k")
			return;
		const links = [...document.querySelectorAll("main tbody tr")].filter((row) => row.offsetParent)
			.map((row) => row.querySelector("a, button")).filter(Boolean);
		const row = document.activeElement.closest("tbody tr");
		const at = links.findIndex((link) => row && row.contains(link));
		const to = links[at < 0 ? 0 : at + (event.key === "j" ? 1 : -1)];
		if (to)
			to.focus();
	}

	// A figure leads to what is behind it, which may be folded.
	function openTarget() {
		const id = location.hash.slice(1);
		const target = id && !id.includes("=") ? document.getElementById(id) : null;
		for (let folded = target; folded; folded = folded.parentElement && folded.parentElement.closest("details"))
			folded.open = true;
		if (target)
			target.scrollIntoView();
	}

	window.pvmmu = {element, state, setState, makeSortable, sortTable, addFilter};

	document.addEventListener("DOMContentLoaded", function () {
		const matrices = [...document.querySelectorAll("table.matrix")];
		const tools = document.getElementById("tools");
		addThemeSwitch();
		document.querySelectorAll("table.sortable").forEach(makeSortable);
		if (tools && matrices.length)
			addBaselines(tools, matrices);
		if (tools && tools.dataset.filter)
			addFilter(tools, () => [...document.querySelectorAll(tools.dataset.filter)], "filter");
		document.addEventListener("keydown", onKey);
		window.addEventListener("hashchange", openTarget);
		openTarget();
	});
})();
