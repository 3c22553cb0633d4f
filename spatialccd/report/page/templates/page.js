"use strict";
// The interactive map: areas are drawn once, a layer only recolors them.
(() => {
  const data = JSON.parse(document.getElementById("atlas-data").textContent);
  const { words, units, names, layers } = data;
  const [width, height] = data.size;
  const pad = 8;
  const noData = "url(#hatch)";
  let layer = layers[data.first];
  let at = Math.max(0, layer.times.length - 1);
  let chosen = -1;
  let timer = null;

  // --- the drawing
  const svg = d3.select("#atlas")
    .attr("viewBox", [-pad, -pad, width + 2 * pad, height + 2 * pad].join(" "));
  const hatch = svg.append("defs").append("pattern")
    .attr("id", "hatch").attr("width", 6).attr("height", 6)
    .attr("patternUnits", "userSpaceOnUse").attr("patternTransform", "rotate(45)");
  hatch.append("rect").attr("width", 6).attr("height", 6).attr("fill", "#fff");
  hatch.append("line").attr("y2", 6).attr("stroke", "#9a9a9a").attr("stroke-width", 2);
  const ground = svg.append("g");
  const shapes = ground.selectAll("path").data(data.paths).join("path")
    .attr("d", (d) => d).attr("fill-rule", "evenodd")
    .attr("data-unit", (_, i) => units[i])
    .on("pointermove", (event) => showTip(event, shapes.nodes().indexOf(event.currentTarget)))
    .on("pointerleave", hideTip)
    .on("click", (event) => choose(shapes.nodes().indexOf(event.currentTarget)));
  const zoom = d3.zoom().scaleExtent([1, 40])
    .translateExtent([[-pad, -pad], [width + pad, height + pad]])
    .on("zoom", (event) => ground.attr("transform", event.transform));
  svg.call(zoom).on("dblclick.zoom", null);
  d3.select("#reset").on("click", () => svg.transition().duration(300).call(zoom.transform, d3.zoomIdentity));

  // --- the controls
  const select = d3.select("#layer");
  for (const [name, members] of d3.group(layers.map((l, i) => ({ ...l, i })), (l) => l.group)) {
    const group = select.append("optgroup").attr("label", name);
    for (const member of members) group.append("option").attr("value", member.i).text(member.heading);
  }
  select.property("value", data.first).on("change", (event) => {
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
  function draw() {
    const codes = layer.classes[at];
    shapes.attr("fill", (_, i) => (codes[i] < 0 ? noData : layer.colors[codes[i]]));
    const many = layer.times.length > 1;
    d3.select("#time-control").style("display", layer.times.length ? null : "none");
    d3.select("#play").style("display", many ? null : "none");
    d3.select("#time").attr("max", Math.max(0, layer.times.length - 1)).property("value", at);
    d3.select("#time-shown").text(layer.times[at] ?? "");
    drawLegend(codes);
    drawSeries();
  }

  function drawLegend(codes) {
    const counts = d3.rollup(codes, (group) => group.length, (code) => code);
    const entries = layer.labels.map((label, i) => ({ label, color: layer.colors[i], n: counts.get(i) ?? 0 }));
    const box = d3.select("#legend");
    box.selectAll("*").remove();
    box.append("b").text(layer.heading + (layer.times.length ? ", " + layer.times[at] : ""));
    if (layer.values.length) entries.reverse(); // high figures on top
    if (counts.get(-1)) entries.push({ label: words["No data"], color: null, n: counts.get(-1) });
    for (const entry of entries) {
      const row = box.append("div");
      row.append("i").style("background", entry.color
        ?? "repeating-linear-gradient(45deg,#fff 0 3px,#9a9a9a 3px 4px)");
      row.append("span").text(entry.label);
      row.append("small").text(entry.n);
    }
    box.append("small").text(data.projection);
  }

  function value(i, time) {
    const code = layer.classes[time][i];
    if (code < 0) return words["No data"];
    return layer.values.length ? String(layer.values[time][i]) : layer.labels[code];
  }

  function showTip(event, i) {
    const tip = d3.select("#tip").property("hidden", false);
    tip.selectAll("*").remove();
    const name = names[i] === units[i] ? units[i] : `${names[i]} (${units[i]})`;
    tip.append("div").append("b").text(name);
    tip.append("div").text(`${layer.heading}${layer.times.length ? " " + layer.times[at] : ""}: ${value(i, at)}`);
    if (layer.values.length && layer.classes[at][i] >= 0) tip.append("div").text(layer.labels[layer.classes[at][i]]);
    const box = tip.node().getBoundingClientRect();
    tip.style("left", Math.min(event.clientX + 14, innerWidth - box.width - 8) + "px")
      .style("top", Math.min(event.clientY + 14, innerHeight - box.height - 8) + "px");
  }
  function hideTip() { d3.select("#tip").property("hidden", true); }

  function choose(i) {
    chosen = chosen === i ? -1 : i;
    shapes.classed("chosen", (_, j) => j === chosen);
    if (chosen >= 0) shapes.filter((_, j) => j === chosen).raise();
    drawSeries();
  }

  // --- the series of one unit
  function drawSeries() {
    const figure = d3.select("#series").property("hidden", chosen < 0);
    if (chosen < 0) return;
    const chart = figure.select("svg");
    chart.selectAll("*").remove();
    figure.select("figcaption").text(`${names[chosen]}: ${layer.heading}`);
    if (layer.times.length < 2) {
      chart.attr("viewBox", "0 0 300 24").append("text").attr("y", 14).text(value(chosen, at));
      return;
    }
    const [w, h, left, right, top, bottom] = [300, 190, 40, 10, 10, 34];
    chart.attr("viewBox", `0 0 ${w} ${h}`);
    const numeric = layer.values.length > 0;
    const series = layer.times.map((_, t) => (numeric ? layer.values[t][chosen]
      : layer.classes[t][chosen] < 0 ? null : layer.classes[t][chosen]));
    const middle = numeric ? layer.times.map((_, t) => d3.median(layer.values[t], (v) => v)) : [];
    const x = d3.scalePoint(layer.times, [left, w - right]);
    const y = numeric
      ? d3.scaleLinear(d3.extent([...series, ...middle].filter((v) => v != null)), [h - bottom, top]).nice()
      : d3.scalePoint(d3.range(layer.labels.length), [h - bottom, top]).padding(0.3);
    const every = Math.ceil(layer.times.length / 6);
    chart.append("g").attr("transform", `translate(0,${h - bottom})`)
      .call(d3.axisBottom(x).tickValues(layer.times.filter((_, t) => t % every === 0)).tickSizeOuter(0));
    const axis = numeric ? d3.axisLeft(y).ticks(5) : d3.axisLeft(y).tickFormat((code) => code + 1);
    chart.append("g").attr("transform", `translate(${left},0)`).call(axis);
    const line = d3.line().defined((v) => v != null).x((_, t) => x(layer.times[t])).y((v) => y(v));
    if (numeric) {
      chart.append("path").attr("d", line(middle)).attr("fill", "none").attr("stroke", "#9a9a9a").attr("stroke-dasharray", "4 3");
      chart.append("text").attr("x", left).attr("y", h - 4).text("- - " + words["Median of all units"]);
    }
    chart.append("path").attr("class", "series").attr("d", line(series))
      .attr("fill", "none").attr("stroke", "#0b5a8a").attr("stroke-width", 2);
    chart.selectAll("circle").data(series.map((v, t) => [v, t]).filter(([v]) => v != null)).join("circle")
      .attr("cx", ([, t]) => x(layer.times[t])).attr("cy", ([v]) => y(v))
      .attr("r", ([, t]) => (t === at ? 4 : 2.2)).attr("fill", "#0b5a8a")
      .append("title").text(([, t]) => `${layer.times[t]}: ${value(chosen, t)}`);
  }

  addEventListener("scroll", hideTip, { passive: true });
  draw();
})();
