// The state of each part that the service stands on, as deep health tells it.
import { at, element } from "./elements.mjs";
import { count, duration, milliseconds, moment } from "./numbers.mjs";

const STATES = {
  healthy: { word: "Works", whole: "All parts work", look: "good" },
  degraded: { word: "Needs a look", whole: "A part needs a look", look: "warn" },
  unhealthy: { word: "Does not work", whole: "The service does not work", look: "bad" },
  not_configured: { word: "Not set up", whole: "", look: "off" },
};
const UNKNOWN = { word: "Not known", whole: "State not known", look: "off" };
const PROBLEMS = { UPSTREAM_TIMEOUT: "did not answer in time", UPSTREAM_FAILED: "answered with an error", UNAVAILABLE: "is not available" };
const SAYS = {
  database: (part) => `${count(part.connections)} of ${count(part.maxConnections)} connections`,
  queue: (part) => `${count(part.waiting)} waiting, ${count(part.dead)} dead`,
  inbox: (part) => `${count(part.waiting)} waiting, ${count(part.failed)} failed`,
  mail: (part) => (part.configured ? "" : "nobody is set to send it"),
  clock: (part) => `${milliseconds(Math.abs(part.skewMs))} apart`,
  migrations: (part) => (part.applied === part.needed ? "in step" : `applied ${part.applied ?? "none"}, needs ${part.needed}`),
};

export function showHealth(report) {
  const card = at("health");
  const heading = element("h2", { id: "health-title" }, "Health");
  const parts = Object.entries(report.services).map(([name, part]) => line(name, part));
  card.setAttribute("aria-labelledby", "health-title");
  card.replaceChildren(
    element("header.head", element("div", heading, element("p.note", `checked ${moment(new Date(report.timestamp))}`))),
    element("ul.parts", ...parts),
  );
  const { whole, look } = STATES[report.status] ?? UNKNOWN;
  at("state").replaceChildren(element(`i.light.${look}`), element("span", whole || UNKNOWN.whole));
  at("running").textContent = `Version ${report.version}, release ${report.release}. `;
}

export function showNoHealth(sentence) {
  at("state").replaceChildren(element("i.light.off"), element("span", UNKNOWN.whole));
  at("health").replaceChildren(element("h2", "Health"), element("p.none", sentence));
}

function line(name, part) {
  const { word, look } = STATES[part.status] ?? UNKNOWN;
  const says = part.problem ? PROBLEMS[part.problem] ?? part.problem : detail(name, part);
  const took = part.status === "not_configured" ? "" : milliseconds(part.latencyMs);
  return element("li", element(`i.light.${look}`), element("span.name", name), element("span.word", word),
    element("span.says", says), element("span.took", took));
}

function detail(name, part) {
  if (part.status === "not_configured") return "";
  const lag = name === "database" && part.replicationLagSeconds ? `, standby ${duration(part.replicationLagSeconds)} behind` : "";
  return (SAYS[name]?.(part) ?? "") + lag;
}
