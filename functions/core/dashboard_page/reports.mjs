// The worst kinds of errors that clients report. What they wrote is put in as text and as nothing else.
import { at, element } from "./elements.mjs";
import { ago, count, minute } from "./numbers.mjs";

const COLUMNS = ["Error", "Times", "Organizations", "Last seen", "First seen"];

export function showErrors(errors, asOf) {
  const card = at("errors");
  const isTold = errors.every((each) => each.message !== null);
  const note = isTold ? "the worst that nobody has resolved" : "sign in as staff to read what clients wrote";
  card.setAttribute("aria-labelledby", "errors-title");
  card.replaceChildren(
    element("header.head", element("div", element("h2", { id: "errors-title" }, "Top errors"), element("p.note", note))),
    errors.length ? table(errors, new Date(asOf)) : element("p.none", "No open errors."),
  );
}

function table(errors, now) {
  const names = COLUMNS.map((name, index) => element("th", { scope: "col", class: index && index < 3 ? "number" : null }, name));
  return element("table.errors", element("thead", element("tr", ...names)), element("tbody", ...errors.map((each) => row(each, now))));
}

function row(error, now) {
  const [first, last] = [new Date(error.firstSeenAt), new Date(error.lastSeenAt)];
  return element("tr",
    element("td.what",
      element("p.message", { title: error.message }, error.message ?? error.category),
      element("p.kind", element(`span.badge.${error.severity}`, error.severity), error.message === null ? "" : error.category)),
    element("td.number", { "data-name": COLUMNS[1] }, count(error.occurrences)),
    element("td.number", { "data-name": COLUMNS[2] }, count(error.organizations)),
    element("td", { "data-name": COLUMNS[3], title: minute(last) }, ago(last, now)),
    element("td", { "data-name": COLUMNS[4], title: minute(first) }, ago(first, now)));
}
