// Where the numbers come from: our own functions, beside which these modules lie.
import { ask } from "./asking.mjs";
import { refusedBy } from "./trouble.mjs";

const FIGURES = new URL("../figures", import.meta.url);
const HEALTH = new URL("../../health/deep", import.meta.url);

export async function figures(session, span) {
  return (await answered(session, `${FIGURES}?span=${span}`)).data;
}

// 503 carries the report as data: what is ill is what is to be shown.
export async function health(session) {
  return (await answered(session, HEALTH, (status, body) => status === 503 && body?.data)).data;
}

async function answered(session, url, isTaken = () => false) {
  let answer = await asked(session, url);
  // Ended elsewhere, or a clock that was set: one more try with a token of now.
  if (answer.status === 401) {
    await session.renew();
    answer = await asked(session, url);
  }
  const { status, body } = answer;
  if ((status !== 200 || !body) && !isTaken(status, body)) throw refusedBy(status, body, session.holder);
  return body;
}

const asked = async (session, url) => ask("GET", url, { authorization: `Bearer ${await session.bearer()}` });
