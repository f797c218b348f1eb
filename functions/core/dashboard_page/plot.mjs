// One chart's drawing: axes, bars that stand on one another, lines with gaps. What answers to a reader is in chart.mjs.
import { drawn } from "./elements.mjs";
import { tickLabel } from "./numbers.mjs";
import { timeTicks, valueTicks } from "./scale.mjs";

const TOP = 24;
const BOTTOM = 24;
const RIGHT = 6;
const LETTER = 6.7; // of an axis label's, at its widest
const TICK_ROOM = 74;
const LEAST_BAR = 2; // a single error among thousands must show

// {svg, indexAt(x), centerOf(index), mark(index)} for a width in pixels.
export function plot(spec, width) {
  const tops = spec.buckets.map((_, index) => topOf(spec, index)).filter((value) => value !== null);
  const ticks = valueTicks(Math.max(0, ...tops), 4, spec.isWhole);
  const labels = ticks.map(spec.axis);
  const left = Math.ceil(Math.max(...labels.map((label) => label.length)) * LETTER) + 10;
  const band = (width - left - RIGHT) / spec.buckets.length;
  const height = spec.height;
  const floor = height - BOTTOM;
  const frame = {
    width, left, band, floor,
    right: width - RIGHT,
    x: (index) => left + band * (index + 0.5),
    y: (value) => floor - (value / ticks.at(-1)) * (floor - TOP),
    height: (value) => (value / ticks.at(-1)) * (floor - TOP),
  };
  const cursor = drawn("g.cursor");
  const svg = drawn("svg", { width, height, viewBox: `0 0 ${width} ${height}`, "aria-hidden": "true", focusable: "false" },
    grid(frame, ticks, labels, spec), cursor, target(frame, spec, ticks.at(-1)), times(frame, spec),
    bars(frame, spec), lines(frame, spec));
  return {
    svg,
    indexAt: (x) => Math.min(spec.buckets.length - 1, Math.max(0, Math.floor((x - left) / band))),
    centerOf: frame.x,
    mark: (index) => cursor.replaceChildren(...(index === null ? [] : marks(frame, spec, index))),
  };
}

function topOf(spec, index) {
  const values = spec.series.map((each) => each.values[index]);
  const known = values.filter((value) => value !== null);
  if (!known.length) return null;
  return spec.shape === "bars" ? known.reduce((sum, value) => sum + value, 0) : Math.max(...known);
}

function grid(frame, ticks, labels, spec) {
  const rows = ticks.map((tick, index) => [
    drawn(index ? "line.rule" : "line.base", { x1: frame.left, x2: frame.right, y1: crisp(frame.y(tick)), y2: crisp(frame.y(tick)) }),
    drawn("text.value", { x: frame.left - 8, y: frame.y(tick) + 4 }, labels[index]),
  ]);
  return drawn("g", rows.flat(), drawn("text.unit", { x: 0, y: 11 }, spec.unit));
}

function times(frame, spec) {
  const dates = spec.buckets.map((bucket) => bucket.date);
  const most = Math.max(2, Math.floor((frame.right - frame.left) / TICK_ROOM));
  return drawn("g", timeTicks(dates, spec.stepSeconds, most).map((index) => {
    const label = tickLabel(dates[index], spec.stepSeconds);
    const half = (label.length * LETTER) / 2;
    const x = Math.min(frame.width - half, Math.max(half, frame.x(index)));
    return drawn("text.time", { x, y: frame.floor + 17 }, label);
  }));
}

function target(frame, spec, top) {
  if (!spec.target || spec.target.value > top) return drawn("g");
  const y = crisp(frame.y(spec.target.value));
  return drawn("g", drawn("line.target", { x1: frame.left, x2: frame.right, y1: y, y2: y }),
    drawn("text.aim", { x: frame.right, y: y - 5 }, spec.target.label));
}

function bars(frame, spec) {
  if (spec.shape !== "bars") return drawn("g");
  const width = Math.max(1, frame.band > 8 ? frame.band * 0.72 : frame.band - 1);
  return drawn("g", spec.buckets.flatMap((_, index) => {
    let below = 0;
    const open = index === spec.buckets.length - 1 ? ".open" : "";
    return spec.series.filter((each) => each.values[index]).map((each) => {
      const height = Math.max(LEAST_BAR, frame.height(each.values[index]));
      const y = frame.floor - below - height;
      below += height;
      return drawn(`rect.bar.${each.look}${open}`, { x: fixed(frame.x(index) - width / 2), y: fixed(y), width: fixed(width), height: fixed(height), rx: width > 6 ? 1.5 : 0 });
    });
  }));
}

function lines(frame, spec) {
  if (spec.shape !== "lines") return drawn("g");
  return drawn("g", spec.series.map((each) => {
    const runs = runsOf(each.values).map((run) => run.map((index) => [fixed(frame.x(index)), fixed(frame.y(each.values[index]))]));
    return drawn(`g.line.${each.look}`, runs.map((points) => (points.length > 1
      ? drawn("path", { d: `M${points.map((point) => point.join(" ")).join("L")}` })
      : drawn("circle", { cx: points[0][0], cy: points[0][1], r: 2 }))));
  }));
}

// Indexes that follow one another without a gap.
function runsOf(values) {
  const runs = [[]];
  values.forEach((value, index) => {
    if (value !== null) runs.at(-1).push(index);
    else if (runs.at(-1).length) runs.push([]);
  });
  return runs.filter((run) => run.length);
}

function marks(frame, spec, index) {
  const column = drawn("rect.band", { x: fixed(frame.left + frame.band * index), y: TOP - 4, width: fixed(Math.max(1, frame.band)), height: frame.floor - TOP + 4 });
  if (spec.shape === "bars") return [column];
  const known = spec.series.filter((each) => each.values[index] !== null);
  const line = drawn("line.rule", { x1: crisp(frame.x(index)), x2: crisp(frame.x(index)), y1: TOP - 4, y2: frame.floor });
  return [line, ...known.map((each) => drawn(`circle.dot.${each.look}`, { cx: fixed(frame.x(index)), cy: fixed(frame.y(each.values[index])), r: 4 }))];
}

const crisp = (value) => Math.round(value) + 0.5;

const fixed = (value) => Math.round(value * 100) / 100;
