// A card with a chart: its numbers in words, values on hover and by keyboard, and the same as a table.
import { element } from "./elements.mjs";
import { period } from "./numbers.mjs";
import { plot } from "./plot.mjs";

const STEPS = { ArrowLeft: -1, ArrowRight: 1, PageUp: -10, PageDown: 10, Home: -Infinity, End: Infinity };

export class Chart {
  #spec = null;
  #drawing = null;
  #index = null;
  #width = 0;

  constructor(card, title) {
    const heading = `${card.id}-title`;
    this.total = element("p.total", "–");
    this.note = element("p.note");
    this.legend = element("ul.legend");
    this.tip = element("div.tip", { "aria-hidden": "true", hidden: true });
    this.reading = element("p.unseen", { "aria-live": "polite" });
    this.plot = element("div.plot", { tabindex: "0", role: "group", "aria-labelledby": heading, "aria-roledescription": "chart", "aria-describedby": "chart-keys" });
    this.rows = element("details.rows", element("summary", "Table"), element("div.scroll", { tabindex: "0", role: "region", "aria-labelledby": heading }));
    card.setAttribute("aria-labelledby", heading);
    card.append(
      element("header.head", element("div", element("h2", { id: heading }, title), this.total, this.note), this.legend),
      this.plot, this.reading, this.rows,
    );
    this.#listen();
  }

  // spec: shape, height, buckets [{date}], stepSeconds, series [{name, look, values}], unit, axis(), value(), isWhole, target, none.
  show(spec, total, note) {
    this.#spec = spec;
    this.total.textContent = total;
    this.note.replaceChildren(...[note].flat());
    this.legend.replaceChildren(...(spec.series.length > 1 ? spec.series : []).map((each) => element("li", element(`i.${each.look}`), each.name)));
    this.#draw();
    this.#tabulate();
  }

  // What is not recorded has no axes.
  showNothing(sentence) {
    this.#spec = this.#drawing = null;
    this.total.textContent = "";
    this.note.replaceChildren();
    this.legend.replaceChildren();
    this.plot.replaceChildren(element("p.none", sentence));
    this.rows.hidden = true;
  }

  #listen() {
    this.plot.addEventListener("pointermove", (event) => this.#drawing && this.#select(this.#drawing.indexAt(event.offsetX)));
    this.plot.addEventListener("pointerdown", (event) => this.#drawing && this.#select(this.#drawing.indexAt(event.offsetX)));
    this.plot.addEventListener("pointerleave", () => this.#select(null));
    this.plot.addEventListener("blur", () => this.#select(null));
    this.plot.addEventListener("keydown", (event) => this.#step(event));
    this.rows.addEventListener("toggle", () => this.#tabulate());
    new ResizeObserver(() => this.#spec && this.plot.clientWidth !== this.#width && this.#draw()).observe(this.plot);
  }

  #draw() {
    this.#width = this.plot.clientWidth;
    this.rows.hidden = false;
    if (!this.#width) return;
    const spec = this.#spec;
    this.#drawing = plot(spec, this.#width);
    const isEmpty = spec.series.every((each) => each.values.every((value) => !value));
    this.plot.replaceChildren(...[this.#drawing.svg, isEmpty && element("p.none.over", spec.none), this.tip].filter(Boolean));
    this.#select(this.#index !== null && this.#index < spec.buckets.length ? this.#index : null);
  }

  #step(event) {
    if (!this.#drawing) return;
    if (event.key === "Escape") return this.#select(null);
    if (!(event.key in STEPS)) return;
    event.preventDefault();
    const last = this.#spec.buckets.length - 1;
    const from = this.#index ?? (STEPS[event.key] < 0 ? last + 1 : -1);
    this.#select(Math.min(last, Math.max(0, from + STEPS[event.key])));
    this.reading.textContent = [this.#when(this.#index), ...this.#values(this.#index).map(([name, value]) => `${name} ${value}`)].join(", ");
  }

  #select(index) {
    this.#index = index;
    this.#drawing?.mark(index);
    this.tip.hidden = index === null || !this.#drawing;
    if (this.tip.hidden) return;
    const pairs = this.#spec.series.map((each, number) => [each.look, ...this.#values(index)[number]]);
    this.tip.replaceChildren(element("p", this.#when(index)),
      ...pairs.map(([look, name, value]) => element("p.pair", element(`i.${look}`), element("span", name), element("b", value))));
    const half = this.tip.offsetWidth / 2;
    const x = Math.min(this.#width - half, Math.max(half, this.#drawing.centerOf(index)));
    this.tip.style.left = `${Math.round(x - half)}px`;
  }

  #values(index) {
    return this.#spec.series.map((each) => [each.name, this.#spec.value(each.values[index])]);
  }

  #when(index) {
    const isOpen = index === this.#spec.buckets.length - 1;
    return period(this.#spec.buckets[index].date, this.#spec.stepSeconds) + (isOpen ? ", so far" : "");
  }

  // Only while it is open: a page of four tables would be drawn anew each time for nobody.
  #tabulate() {
    const place = this.rows.lastElementChild;
    if (!this.rows.open || !this.#spec) return place.replaceChildren();
    const names = this.#spec.series.map((each) => element("th", { scope: "col" }, each.name));
    const lines = this.#spec.buckets.map((_, index) => element("tr", element("th", { scope: "row" }, this.#when(index)),
      ...this.#values(index).map(([, value]) => element("td", value))));
    const kept = place.scrollTop;
    place.replaceChildren(element("table", element("caption.unseen", this.#spec.unit),
      element("thead", element("tr", element("th", { scope: "col" }, "Time"), ...names)), element("tbody", ...lines.reverse())));
    place.scrollTop = kept;
  }
}
