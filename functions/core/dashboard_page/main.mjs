// The staff's dashboard: lets somebody in at the door, then keeps the board up to date while they look.
import { Auth } from "./auth.mjs";
import { Board } from "./board.mjs";
import { Door } from "./door.mjs";
import { at, element } from "./elements.mjs";
import { moment, zone } from "./numbers.mjs";
import { showHealth, showNoHealth } from "./parts.mjs";
import { showErrors } from "./reports.mjs";
import { figures, health } from "./source.mjs";
import { PASSES, Trouble } from "./trouble.mjs";
import { RETRY_MS, Watch } from "./watch.mjs";

const EVERY_MS = { "1h": 15_000, "24h": 60_000, "30d": 300_000 };
const HEALTH_EVERY_MS = 60_000;

const { supabaseUrl, publishableKey } = document.documentElement.dataset;
const door = new Door(new Auth(supabaseUrl, publishableKey), enter);
const numbers = new Watch(() => guarded(showFigures));
const state = new Watch(() => guarded(showState));
let session = null;
let board = null;
// A browser may put back what was chosen before a reload.
let span = document.querySelector("input[name=span]:checked").value;
let asOf = null;

async function enter(newcomer) {
  // Whoever may not see the numbers stays at the door.
  const first = await figures(newcomer, span).catch(async (trouble) => {
    if (!PASSES.has(trouble.kind)) await newcomer.end();
    throw trouble;
  });
  session = newcomer;
  board = new Board();
  door.close();
  at("board").hidden = false;
  at("who").textContent = session.name;
  at("board-title").focus({ preventScroll: true });
  show(first);
  numbers.start(EVERY_MS[span], true);
  state.start(HEALTH_EVERY_MS);
}

async function leave(sentence = "") {
  numbers.stop();
  state.stop();
  const gone = session;
  session = board = asOf = null;
  // Nothing that was shown stays behind.
  const cards = at("grid").querySelectorAll("article");
  for (const place of [...cards, at("who"), at("state"), at("freshness"), at("running")]) place.replaceChildren();
  door.open(sentence);
  await gone?.end();
  return true;
}

async function showFigures() {
  const [asker, wanted] = [session, span];
  at("grid").setAttribute("aria-busy", "true");
  const told = await figures(asker, wanted);
  // Somebody left, or chose another span, meanwhile.
  if (asker === session && wanted === span) show(told);
}

function show(told) {
  asOf = new Date(told.asOf);
  board.show(told);
  showErrors(told.errors, told.asOf);
  at("grid").setAttribute("aria-busy", "false");
  // What made the figures fail has passed, so what was said of the parts is old.
  if (!at("notice").hidden) state.now();
  at("notice").hidden = true;
  at("grid").classList.remove("old");
  at("freshness").replaceChildren("As of ", element("time", { datetime: told.asOf }, moment(asOf)), ` · every ${pace()}`);
}

// Says whether all is well enough to be asked as seldom as usual.
async function showState() {
  const asker = session;
  try {
    const report = await health(asker);
    if (asker === session) showHealth(report);
    return report.status !== "unhealthy";
  } catch (trouble) {
    if (asker !== session || !(trouble instanceof Trouble) || !PASSES.has(trouble.kind)) throw trouble;
    showNoHealth(trouble.message);
    return false;
  }
}

// What passes is said above the last numbers, which stay; what does not leads to the door.
async function guarded(work) {
  const asker = session;
  if (!asker) return true;
  try {
    return (await work()) !== false;
  } catch (trouble) {
    if (!(trouble instanceof Trouble)) throw trouble;
    if (asker !== session) return true;
    if (!PASSES.has(trouble.kind)) return leave(trouble.message);
    at("notice").textContent = `${trouble.message} These numbers are of ${moment(asOf)}. Trying again every ${RETRY_MS / 1000} s.`;
    at("notice").hidden = false;
    at("grid").classList.add("old");
    at("grid").setAttribute("aria-busy", "false");
    return false;
  }
}

const pace = () => (EVERY_MS[span] < 60_000 ? `${EVERY_MS[span] / 1000} s` : `${EVERY_MS[span] / 60_000} min`);

for (const choice of document.querySelectorAll("input[name=span]")) {
  choice.addEventListener("change", () => {
    span = choice.value;
    at("freshness").textContent = "Loading…";
    numbers.start(EVERY_MS[span]);
  });
}
// Not `disabled`, which would take the focus from whoever pressed it.
at("refresh").addEventListener("click", async ({ currentTarget: button }) => {
  if (button.getAttribute("aria-disabled") === "true") return;
  button.setAttribute("aria-disabled", "true");
  await Promise.all([numbers.now(), state.now()]);
  button.setAttribute("aria-disabled", "false");
});
at("leave").addEventListener("click", () => leave());
addEventListener("online", () => session && numbers.now());
at("clock").textContent = `Times are those of ${zone}, days those of UTC.`;
door.open();
