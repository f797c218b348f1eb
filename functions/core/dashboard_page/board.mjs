// The board: what the figures say, card by card. Health is in parts.mjs, errors in reports.mjs.
import { Chart } from "./chart.mjs";
import { at, element } from "./elements.mjs";
import { brief, count, duration, milliseconds, money, rate, share } from "./numbers.mjs";

const UNITS = { 60: "per minute", 900: "per 15 minutes", 86400: "per day" };
const [TALL, LOW] = [200, 156];
const WITHIN = { "1h": "in the last hour", "24h": "in the last day", "30d": "in the last 30 days" };

export class Board {
  constructor() {
    this.requests = new Chart(at("requests"), "Requests");
    this.latency = new Chart(at("latency"), "Latency");
    this.signUps = new Chart(at("sign-ups"), "Sign-ups");
    this.revenue = new Chart(at("revenue"), "Revenue");
  }

  show(figures) {
    const buckets = figures.buckets.map((bucket) => ({ ...bucket, date: new Date(bucket.at) }));
    const span = { buckets, stepSeconds: figures.stepSeconds };
    this.#requests(figures, span);
    this.#latency(figures, span);
    this.#signUps(figures, span);
    this.#revenue(figures, span);
    queue(at("jobs"), "Jobs", figures.queue, "dead");
    queue(at("inbox"), "Inbox", figures.inbox, "failed");
  }

  #requests(figures, span) {
    const minutes = minutesOf(figures);
    const { errorsTotal, errorRate, objectives } = figures;
    const isOver = errorRate !== null && errorRate >= objectives.errorsWarn;
    const how = isOver ? (errorRate >= objectives.errorsPage ? ".bad" : ".warn") : "";
    this.requests.show({
      ...span, height: TALL, shape: "bars", isWhole: true, unit: `requests ${UNITS[figures.stepSeconds]}`, axis: brief, value: count,
      none: "No requests in this time.",
      series: [
        { name: "Answered", look: "good", values: span.buckets.map((each) => each.requests - each.errors) },
        { name: "Errors", look: "bad", values: span.buckets.map((each) => each.errors) },
      ],
    }, count(figures.requestsTotal), [
      `${rate(figures.requestsTotal / minutes)} a minute · `,
      element(`span${how}`, errorsTotal ? `${count(errorsTotal)} ${errorsTotal === 1 ? "error" : "errors"} (${share(errorRate)})` : "no errors"),
    ]);
  }

  #latency(figures, span) {
    const { avg, p95 } = figures.latency;
    const aim = figures.objectives.p95Ms;
    const how = p95 !== null && p95 > aim ? ".warn" : "";
    this.latency.show({
      ...span, height: TALL, shape: "lines", unit: "time to answer", axis: milliseconds, value: milliseconds,
      none: "No requests in this time.", target: { value: aim, label: `p95 aim ${milliseconds(aim)}` },
      series: ["p50", "p95", "p99"].map((name) => ({ name, look: name, values: span.buckets.map((each) => each.latency[name]) })),
    }, milliseconds(p95), ["p95, ", element(`span${how}`, `to be within ${milliseconds(aim)}`), ` · mean ${milliseconds(avg)}`]);
  }

  #signUps(figures, span) {
    const values = span.buckets.map((each) => each.signUps);
    this.signUps.show({
      ...span, height: LOW, shape: "bars", isWhole: true, unit: `people ${UNITS[figures.stepSeconds]}`, axis: brief, value: count,
      none: "Nobody signed up in this time.", series: [{ name: "Sign-ups", look: "good", values }],
    }, count(total(values)), WITHIN[figures.span]);
  }

  // Currencies cannot be added up: the one with the most is drawn, the others are named.
  #revenue(figures, span) {
    const of = (currency) => span.buckets.map((each) => each.revenue[currency] ?? 0);
    const sums = [...new Set(span.buckets.flatMap((each) => Object.keys(each.revenue)))]
      .map((currency) => [currency, total(of(currency))]).sort(([, one], [, other]) => other - one);
    if (!sums.length) {
      return this.revenue.showNothing("Nothing was paid in this time.");
    }
    const [[main, sum], ...others] = sums;
    const value = (minor) => money(minor, main);
    this.revenue.show({
      ...span, height: LOW, shape: "bars", unit: `${main.toUpperCase()} ${UNITS[figures.stepSeconds]}`, axis: (minor) => money(minor, main, true), value,
      none: "Nothing was paid in this time.", series: [{ name: "Revenue", look: "good", values: of(main) }],
    }, value(sum), [WITHIN[figures.span], ...others.map(([currency, more]) => ` · ${money(more, currency)}`)].join(""));
  }
}

function queue(card, title, figures, given) {
  const heading = element("h2", { id: `${card.id}-title` }, title);
  card.setAttribute("aria-labelledby", heading.id);
  const lost = figures[given];
  card.replaceChildren(heading, element("dl.facts",
    fact("Waiting", count(figures.waiting)),
    fact("Oldest waits", figures.waiting ? duration(figures.oldestWaitingSeconds) : "–"),
    fact(given === "dead" ? "Dead" : "Failed", count(lost), lost ? ".bad" : "")));
}

const fact = (name, value, how = "") => element("div", element("dt", name), element(`dd${how}`, value));

const total = (values) => values.reduce((sum, value) => sum + value, 0);

// The last bucket is as long as it went.
function minutesOf(figures) {
  const begun = new Date(figures.buckets[0].at);
  return Math.max(1, (new Date(figures.asOf) - begun) / 60_000);
}
