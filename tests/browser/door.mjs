// Visits to the dashboard's door, and back to it. What each must have seen is asserted in test_door.py.
import { alertOf, BOARD, figuresOf, offerToken, signIn, texts } from "./entering.mjs";
import { answerAuth } from "./supabase_auth.mjs";
import { run } from "./visitor.mjs";

async function wrongToken({ page, told }) {
  await offerToken(page, told.page, "not the token");
  return alertOf(page);
}

async function person({ page, noted, told }) {
  const auth = await answerAuth(page, told);
  await page.goto(told.page);
  await signIn(page, { password: "wrong" });
  const wrong = await alertOf(page);
  await signIn(page, { code: "000000" });
  const mistyped = await alertOf(page);
  await page.fill("[name=code]", "123456");
  await page.click("#code-form [type=submit]");
  await page.waitForSelector(BOARD);
  const shown = { messages: await texts(page, "#errors .message"), images: await page.locator("#errors img").count(), who: await page.innerText("#who") };
  await page.click("#refresh");
  await page.waitForSelector("#grid[aria-busy=false]");
  await page.click("#leave");
  await page.waitForSelector("#door:not([hidden])");
  await page.waitForTimeout(200);
  return { wrong, mistyped, ...shown, left: await page.locator("#grid, #who, #state, #freshness").allTextContents(), auth, bearers: figuresOf(noted).map((each) => each.bearer) };
}

async function refusals({ page, told }) {
  const seen = {};
  const attempt = async (name, changes, act = async () => {}) => {
    await page.unrouteAll({ behavior: "ignoreErrors" });
    const auth = await answerAuth(page, { ...told, ...changes });
    await page.goto(told.page);
    await act(auth);
    await signIn(page, changes.signIn);
    seen[name] = await alertOf(page);
  };
  const noFactor = { signIn: { password: "right" }, factors: [{ id: "old", factor_type: "totp", status: "unverified" }] };
  const withoutCode = async (name, changes, act) => {
    await attempt(name, changes, act).catch((error) => { if (!`${error}`.includes("#code-form")) throw error; });
    seen[name] = await alertOf(page);
  };
  page.setDefaultTimeout(2000);
  await withoutCode("noFactor", noFactor);
  await withoutCode("authDown", {}, (auth) => { auth.refuses["/token"] = [503, {}]; });
  await withoutCode("authUnreached", {}, (auth) => { auth.refuses["/token"] = "abort"; });
  await withoutCode("tooMany", {}, (auth) => { auth.refuses["/token"] = [429, {}]; });
  await withoutCode("ours", {}, (auth) => { auth.refuses["/token"] = [403, { msg: told.hostile }]; });
  await attempt("notStaff", { tokens: [told.stranger] });
  return seen;
}

async function troubles({ page, context, told }) {
  const auth = await answerAuth(page, told);
  await page.goto(told.page);
  await signIn(page);
  await page.waitForSelector(BOARD);
  const seen = { total: await page.innerText("#requests .total") };
  const noticed = async () => {
    await page.click("#refresh");
    await page.waitForFunction(() => !document.getElementById("notice").hidden);
    const said = [await page.innerText("#notice"), await page.innerText("#requests .total")];
    await page.evaluate(() => { document.getElementById("notice").hidden = true; });
    return said;
  };
  await context.setOffline(true);
  seen.offline = await noticed();
  await context.setOffline(false);
  await page.route("**/figures*", (route) => route.fulfill({ status: 503, contentType: "text/html", body: "<h1>gateway</h1>" }));
  seen.unavailable = await noticed();
  await page.unroute("**/figures*");
  const report = { status: "unhealthy", version: "1", release: "2", timestamp: "2026-11-21T02:31:00Z", services: { database: { status: "unhealthy", latencyMs: 2500, problem: "UPSTREAM_TIMEOUT" } } };
  await page.route("**/health/deep", (route) => route.fulfill({ status: 503, contentType: "application/json", body: JSON.stringify({ success: false, error: { code: "UNAVAILABLE" }, data: report }) }));
  await page.click("#refresh");
  await page.waitForSelector("#state .bad");
  seen.ill = [await page.innerText("#state"), await page.innerText("#health .parts")];
  auth.refuses["/token"] = [400, { error_code: "refresh_token_not_found" }];
  await page.route("**/figures*", (route) => route.fulfill({ status: 401, contentType: "application/json", body: "{}" }));
  await page.click("#refresh");
  seen.ended = await alertOf(page);
  seen.behind = await page.locator("#grid").textContent();
  return seen;
}

// The board fails while the code is good: it is not asked for another one.
async function again({ page, noted, told }) {
  await answerAuth(page, told);
  await page.route("**/figures*", (route) => route.fulfill({ status: 503, contentType: "application/json", body: "{}" }));
  await page.goto(told.page);
  await signIn(page);
  const said = await alertOf(page);
  await page.unroute("**/figures*");
  await page.click("#code-form [type=submit]");
  await page.waitForSelector(BOARD);
  return { said, verified: noted.asked.filter(({ path }) => path.endsWith("/verify")).length };
}

await run({ again, wrongToken, person, refusals, troubles });
