// Elements made from names and text. Text is text: nothing here, or in what uses it, reads markup.
const SVG = "http://www.w3.org/2000/svg";

// element("p.note", { title: "…" }, "text", another): classes after dots; what is null or false is left out.
export const element = (spec, ...rest) => filled(document.createElement(nameOf(spec)), spec, rest);

export const drawn = (spec, ...rest) => filled(document.createElementNS(SVG, nameOf(spec)), spec, rest);

const nameOf = (spec) => spec.split(".", 1)[0];

function filled(made, spec, [first, ...rest]) {
  const classes = spec.split(".").slice(1);
  if (classes.length) made.setAttribute("class", classes.join(" "));
  const attributes = first?.constructor === Object ? first : {};
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined && value !== false) made.setAttribute(name, value === true ? "" : `${value}`);
  }
  const children = first === undefined || first === attributes ? rest : [first, ...rest];
  made.append(...children.flat().filter((child) => child !== null && child !== false).map(textOrNode));
  return made;
}

const textOrNode = (child) => (child instanceof Node ? child : document.createTextNode(`${child}`));

export const at = (id) => document.getElementById(id);
