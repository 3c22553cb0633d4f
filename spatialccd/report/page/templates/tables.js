"use strict";
// Tables that can be searched, sorted and downloaded. The page holds the first rows in print;
// all rows stand packed beside them and are read when they are first asked for.
(() => {
  const words = JSON.parse(document.getElementById("table-words").textContent);
  const collator = new Intl.Collator(document.documentElement.lang, { numeric: true });
  // As Python writes figures: halves go to the even digit.
  const formats = new Map();
  function decimals(digits) {
    if (!formats.has(digits)) {
      formats.set(digits, new Intl.NumberFormat("en", {
        minimumFractionDigits: digits, maximumFractionDigits: digits, roundingMode: "halfEven",
      }));
    }
    return formats.get(digits);
  }

  function write(value, kind, digits) {
    if (value === null) return "";
    if (typeof value !== "number" || kind === "text" || kind === "whole") return String(value);
    if (kind === "p" && value < 0.001) return "<0.001";
    const size = Math.abs(value);
    if (value !== 0 && (size < 10 ** -(digits + 1) || size >= 1e9)) {
      return value.toExponential(digits - 1).replace(/e([+-])(\d)$/, "e$10$2");
    }
    return decimals(digits).format(value);
  }

  class Table {
    constructor(box) {
      this.box = box;
      this.body = box.querySelector("tbody");
      this.query = "";
      this.sort = { column: -1, down: false };
      this.all = false;
      this.heads = [...box.querySelectorAll("thead th")];
      this.heads.forEach((head, i) => {
        const button = document.createElement("button");
        button.type = "button";
        button.textContent = head.textContent;
        button.addEventListener("click", () => this.sortBy(i));
        head.replaceChildren(button);
      });
      const search = box.querySelector("input[type=search]");
      search.addEventListener("input", () => { this.query = plain(search.value); this.draw(); });
      this.more = box.querySelector(".more");
      this.more.addEventListener("click", () => { this.all = true; this.draw(); });
      box.querySelector(".csv").addEventListener("click", () => this.download());
      this.more.hidden = !box.querySelector(".cut");
    }

    // All rows, and which columns are printed: standard errors stand below their coefficients.
    get data() {
      if (!this.read) {
        this.read = unpack(this.box.querySelector("script.rows"));
        const { columns, below } = this.read;
        this.read.printed = columns.map((_, i) => i).filter((i) => !below || i !== below[1]);
        this.read.said = [];
        this.read.rows = columns.length ? columns[0].map((_, i) => i) : [];
      }
      return this.read;
    }

    text(column, row) {
      const { columns, kinds, digits } = this.data;
      return write(columns[column][row], kinds[column], digits);
    }

    // What a search looks through: the cells of a row as printed, kept from one letter to the next.
    words(row) {
      const { said, printed } = this.data;
      said[row] ??= printed.map((column) => plain(this.text(column, row))).join("\n");
      return said[row];
    }

    sortBy(shown) {
      const { column, down } = this.sort;
      // Upward, downward, and then as it was.
      if (column !== shown) this.sort = { column: shown, down: false };
      else this.sort = down ? { column: -1, down: false } : { column: shown, down: true };
      this.heads.forEach((head, i) => {
        if (i === this.sort.column) head.ariaSort = this.sort.down ? "descending" : "ascending";
        else head.removeAttribute("aria-sort");
      });
      this.draw();
    }

    found() {
      const { rows, printed, columns, kinds } = this.data;
      const kept = this.query ? rows.filter((row) => this.words(row).includes(this.query)) : [...rows];
      if (this.sort.column < 0) return kept;
      const values = columns[printed[this.sort.column]];
      const kind = kinds[printed[this.sort.column]];
      const sign = this.sort.down ? -1 : 1;
      return kept.sort((a, b) => {
        if (values[a] === null || values[b] === null) return (values[a] === null) - (values[b] === null);
        return sign * compare(values[a], values[b], kind);
      });
    }

    draw() {
      const { shown, total = this.data.rows.length } = this.data;
      const found = this.found();
      const drawn = this.all ? found : found.slice(0, shown);
      this.body.replaceChildren(...drawn.flatMap((row) => this.lines(row)));
      this.more.hidden = drawn.length === found.length;
      this.box.querySelector(".cut")?.remove(); // the count says it from here on
      this.box.querySelector(".count").textContent = words.count
        .replace("{shown}", drawn.length.toLocaleString("en"))
        .replace("{found}", found.length.toLocaleString("en"))
        .replace("{total}", total.toLocaleString("en"));
    }

    lines(row) {
      const { printed, kinds, stars, below, columns, digits } = this.data;
      const line = document.createElement("tr");
      const errors = document.createElement("tr");
      for (const column of printed) {
        const cell = line.insertCell();
        cell.textContent = this.text(column, row);
        if (kinds[column] === "text") cell.className = "t";
        const mark = stars[column]?.[row];
        if (mark) cell.appendChild(document.createElement("sup")).textContent = mark;
        const error = errors.insertCell();
        if (below && column === below[0]) error.textContent = `(${write(columns[below[1]][row], "figure", digits)})`;
        if (kinds[column] === "text") error.className = "t";
      }
      return below ? [line, errors] : [line];
    }

    download() {
      const { headings, columns, kinds, name, rows } = this.data;
      const lines = [headings, ...rows.map((row) => columns.map((column, i) => field(column[row], kinds[i])))];
      const text = "\ufeff" + lines.map((line) => line.map(quoted).join(",")).join("\r\n") + "\r\n";
      const link = document.createElement("a");
      link.href = URL.createObjectURL(new Blob([text], { type: "text/csv" }));
      link.download = `${name.replace(/[\\/:*?"<>|\s]+/g, "_")}.csv`;
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 1000);
    }
  }

  function plain(text) { return text.normalize("NFKC").toLowerCase(); }
  function compare(a, b, kind) {
    if (kind === "text") return collator.compare(a, b);
    const [x, y] = [amount(a), amount(b)];
    return x === y ? 0 : x - y;
  }
  // What JSON has no number for comes as a word.
  function amount(value) { return { "∞": Infinity, "−∞": -Infinity }[value] ?? value; }
  // Text of the data never begins a formula in the program that opens the file.
  function field(value, kind) {
    if (value === null) return "";
    if (kind === "text") return /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
    return { "∞": "inf", "−∞": "-inf" }[value] ?? String(value);
  }
  function quoted(text) { return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text; }

  for (const box of document.querySelectorAll("details.table")) new Table(box);

  // --- folded parts unfold for print, and for who follows a link to them
  const folded = () => document.querySelectorAll("details:not([open])");
  let opened = [];
  addEventListener("beforeprint", () => {
    opened = [...folded()];
    for (const box of opened) box.open = true;
  });
  addEventListener("afterprint", () => { for (const box of opened) box.open = false; });
  function follow() {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (target?.matches("details")) target.open = true;
  }
  addEventListener("hashchange", follow);
  follow();
})();
