"use strict";
// The interactive map: the areas stand in the page, a layer only recolors them.
(() => {
  const data = unpack(document.getElementById("atlas-data"));
  const { words, units, names, layers } = data;
  const [width, height] = data.size;
  const noData = "url(#hatch)";
  let layer = layers[data.first];
  let at = Math.max(0, layer.times.length - 1);
  let chosen = -1;
  let reached = 0;
  let timer = null;

  // --- the drawing
  const svg = d3.select("#atlas").attr("role", "group");
  const ground = svg.select("g");
  const shapes = ground.selectAll("path")
    .attr("role", "button").attr("tabindex", -1).attr("aria-pressed", "false")
    .on("pointermove", (event) => { if (event.pointerType === "mouse") showTip(event.clientX, event.clientY, index(event)); })
    .on("pointerleave", (event) => { if (event.pointerType === "mouse") hideTip(); })
    .on("focus", (event) => reach(index(event), false))
    .on("click", (event) => {
      const i = index(event);
      reach(i, true);
      choose(i);
      showTip(event.clientX, event.clientY, i);
    });
  shapes.select("title").remove(); // the tip says it
  const nodes = shapes.nodes();
  // What is chosen and what the keys have reached is outlined above its neighbors.
  const outlines = { chosen: svg.append("path").attr("class", "outline"), at: svg.append("path").attr("class", "outline at") };
  function outline(which, i) { outlines[which].attr("d", i < 0 ? null : nodes[i].getAttribute("d")); }
  const places = new Map(nodes.map((node, i) => [node, i]));
  function index(event) { return places.get(event.currentTarget); }

  // --- moving about: one finger or the mouse pans, two fingers, the wheel and the buttons zoom
  const zoom = d3.zoom().scaleExtent([1, 60])
    .translateExtent([[-width / 2, -height / 2], [1.5 * width, 1.5 * height]])
    .on("start", follow)
    .on("zoom", (event) => {
      for (const part of [ground, outlines.chosen, outlines.at]) part.attr("transform", event.transform);
      follow();
    });
  svg.call(zoom).on("dblclick.zoom", null);
  const smoothly = () => (matchMedia("(prefers-reduced-motion: reduce)").matches ? svg : svg.transition().duration(250));
  d3.select("#reset").on("click", () => smoothly().call(zoom.transform, d3.zoomIdentity));
  d3.select("#zoom-in").on("click", () => smoothly().call(zoom.scaleBy, 1.6));
  d3.select("#zoom-out").on("click", () => smoothly().call(zoom.scaleBy, 1 / 1.6));

  // --- by keys: the map is one stop, the arrows go from area to area
  const turns = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] };
  let centers = null;
  const frame = d3.select(svg.node().parentNode); // a listener would make the drawing a stop of its own
  frame.on("keydown", (event) => {
    const turn = turns[event.key];
    if (turn) next(turn);
    else if (event.key === "Enter" || event.key === " ") choose(reached);
    else if (event.key === "Escape") hideTip();
    else if (event.key === "+" || event.key === "=") smoothly().call(zoom.scaleBy, 1.6);
    else if (event.key === "-") smoothly().call(zoom.scaleBy, 1 / 1.6);
    else if (event.key === "0") smoothly().call(zoom.transform, d3.zoomIdentity);
    else return;
    event.preventDefault();
  });
  function next([dx, dy]) {
    centers ??= nodes.map((node) => {
      const box = node.getBBox();
      return [box.x + box.width / 2, box.y + box.height / 2];
    });
    let best = -1;
    let least = Infinity;
    centers.forEach(([x, y], i) => {
      const ahead = (x - centers[reached][0]) * dx + (y - centers[reached][1]) * dy;
      const aside = Math.abs((x - centers[reached][0]) * dy + (y - centers[reached][1]) * dx);
      const cost = ahead + 2 * aside;
      if (i !== reached && ahead > 0 && aside <= 2 * ahead && cost < least) [best, least] = [i, cost];
    });
    if (best >= 0) nodes[best].focus({ preventScroll: false });
  }
  // The area that keys have reached is the one that Tab comes back to.
  function reach(i, quietly) {
    nodes[reached].setAttribute("tabindex", -1);
    reached = i;
    nodes[i].setAttribute("tabindex", 0);
    if (quietly) return;
    if (!byKeys(i)) return; // a pointer brought it here: it shows its own tip
    outline("at", i);
    tipOn(i);
  }
  function byKeys(i) { return nodes[i].matches(":focus-visible"); }
  frame.on("focusout", () => { hideTip(); outline("at", -1); });

  // --- the controls
  d3.select("#layer").property("value", data.first).on("change", (event) => {
    const shown = layer.times[at];
    layer = layers[+event.target.value];
    const same = layer.times.indexOf(shown);
    at = same >= 0 ? same : Math.max(0, layer.times.length - 1);
    stop();
    draw();
  });
  d3.select("#time").on("input", (event) => { at = +event.target.value; stop(); draw(); });
  d3.select("#play").on("click", () => (timer ? stop() : play()));

  function play() {
    d3.select("#play").text(words.Pause);
    timer = setInterval(() => { at = (at + 1) % layer.times.length; draw(); }, 900);
  }
  function stop() {
    clearInterval(timer);
    timer = null;
    d3.select("#play").text(words.Play);
  }

  // --- what is shown
  const heading = () => layer.heading + (layer.times.length ? `, ${layer.times[at]}` : "");
  const called = (i) => (names[i] === units[i] ? units[i] : `${names[i]} (${units[i]})`);

  function draw() {
    const codes = layer.classes[at];
    hideTip();
    svg.attr("aria-label", heading());
    shapes.attr("fill", (_, i) => (codes[i] < 0 ? noData : layer.colors[codes[i]]))
      .attr("aria-label", (_, i) => `${called(i)}: ${value(i, at)}`);
    const many = layer.times.length > 1;
    d3.select("#time-control").style("display", layer.times.length ? null : "none");
    d3.select("#play").style("display", many ? null : "none");
    d3.select("#time").attr("max", Math.max(0, layer.times.length - 1)).property("value", at)
      .attr("aria-valuetext", layer.times[at] ?? "");
    d3.select("#time-shown").text(layer.times[at] ?? "");
    drawLegend(codes);
    drawSeries();
  }

  function drawLegend(codes) {
    const counts = d3.rollup(codes, (group) => group.length, (code) => code);
    const entries = layer.labels.map((label, i) => ({ label, color: layer.colors[i], n: counts.get(i) ?? 0 }));
    if (layer.values.length) entries.reverse(); // high figures on top
    if (counts.get(-1)) entries.push({ label: words["No data"], color: null, n: counts.get(-1) });
    const box = d3.select("#legend");
    box.select("b").text(heading());
    box.selectAll("div").remove();
    for (const entry of entries) {
      const row = box.insert("div", "p");
      row.append("i").classed("nodata", !entry.color).style("background", entry.color);
      row.append("span").text(entry.label);
      row.append("small").text(entry.n);
    }
  }

  function value(i, time) {
    const code = layer.classes[time][i];
    if (code < 0) return words["No data"];
    return layer.values.length ? String(layer.values[time][i]) : layer.labels[code];
  }

  function showTip(x, y, i) {
    const tip = d3.select("#tip").property("hidden", false);
    tip.selectAll("*").remove();
    tip.append("div").append("b").text(called(i));
    tip.append("div").text(`${layer.heading}${layer.times.length ? " " + layer.times[at] : ""}: ${value(i, at)}`);
    if (layer.values.length && layer.classes[at][i] >= 0) tip.append("div").text(layer.labels[layer.classes[at][i]]);
    const box = tip.node().getBoundingClientRect();
    const wide = document.documentElement.clientWidth;
    tip.style("left", Math.max(8, Math.min(x + 14, wide - box.width - 8)) + "px")
      .style("top", Math.max(8, Math.min(y + 14, innerHeight - box.height - 8)) + "px");
  }
  function tipOn(i) {
    const box = nodes[i].getBoundingClientRect();
    showTip(box.left + box.width / 2, box.top + box.height / 2, i);
  }
  function hideTip() { d3.select("#tip").property("hidden", true); }
  // The page scrolled or the map moved: the tip of what keys have reached goes along, a pointer's goes.
  function follow() {
    if (d3.select("#tip").property("hidden")) return;
    const i = places.get(document.activeElement);
    if (i !== undefined && byKeys(i)) tipOn(i); else hideTip();
  }

  function choose(i) {
    chosen = chosen === i ? -1 : i;
    outline("chosen", chosen);
    shapes.classed("chosen", (_, j) => j === chosen).attr("aria-pressed", (_, j) => String(j === chosen));
    drawSeries();
  }

  // --- the series of one unit
  function drawSeries() {
    const figure = d3.select("#series").property("hidden", chosen < 0);
    if (chosen < 0) return;
    const chart = figure.select("svg").attr("aria-label", `${names[chosen]}: ${heading()}: ${value(chosen, at)}`);
    chart.selectAll("*").remove();
    figure.select("figcaption").text(`${names[chosen]}: ${layer.heading}`);
    if (layer.times.length < 2) {
      chart.attr("viewBox", "0 0 300 24").append("text").attr("y", 14).text(value(chosen, at));
      return;
    }
    const numeric = layer.values.length > 0;
    // Classes are named beside their line where the names are short enough.
    const left = numeric ? 44 : 12 + 7 * Math.min(14, Math.max(...layer.labels.map(signs)));
    const [w, h, right, top, bottom] = [300, 190, 12, 10, 34];
    chart.attr("viewBox", `0 0 ${w} ${h}`);
    const series = layer.times.map((_, t) => (numeric ? layer.values[t][chosen]
      : layer.classes[t][chosen] < 0 ? null : layer.classes[t][chosen]));
    const middle = numeric ? layer.times.map((_, t) => d3.median(layer.values[t], (v) => v)) : [];
    const x = d3.scalePoint(layer.times, [left, w - right]);
    const y = numeric
      ? d3.scaleLinear(d3.extent([...series, ...middle].filter((v) => v != null)), [h - bottom, top]).nice()
      : d3.scalePoint(d3.range(layer.labels.length), [h - bottom, top]).padding(0.3);
    const every = Math.ceil((layer.times.length * Math.max(...layer.times.map(signs))) / 24);
    chart.append("g").attr("transform", `translate(0,${h - bottom})`)
      .call(d3.axisBottom(x).tickValues(layer.times.filter((_, t) => t % every === 0)).tickSizeOuter(0));
    const axis = numeric ? d3.axisLeft(y).ticks(5, "~g")
      : d3.axisLeft(y).tickFormat((code) => (signs(layer.labels[code]) > 14 ? layer.labels[code].slice(0, 13) + "…" : layer.labels[code]));
    chart.append("g").attr("transform", `translate(${left},0)`).call(axis);
    const line = d3.line().defined((v) => v != null).x((_, t) => x(layer.times[t])).y((v) => y(v));
    if (numeric) {
      chart.append("path").attr("class", "middle").attr("d", line(middle));
      chart.append("text").attr("x", left).attr("y", h - 4).text("- - " + words["Median of all units"]);
    }
    chart.append("path").attr("class", "series").attr("d", line(series));
    chart.selectAll("circle").data(series.map((v, t) => [v, t]).filter(([v]) => v != null)).join("circle")
      .attr("cx", ([, t]) => x(layer.times[t])).attr("cy", ([v]) => y(v))
      .attr("r", ([, t]) => (t === at ? 4 : 2.2))
      .append("title").text(([, t]) => `${layer.times[t]}: ${value(chosen, t)}`);
  }
  // How much room words take: a Chinese sign is two letters wide.
  function signs(text) { return [...text].reduce((n, sign) => n + (sign > "\u2e80" ? 2 : 1), 0); }

  addEventListener("scroll", follow, { passive: true });
  reach(0, true);
  draw();
})();
