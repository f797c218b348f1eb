// Visits to the staff's dashboard, once inside. What each must have seen is asserted in test_dashboard.py.
import { byToken, figuresOf, texts } from "./entering.mjs";
import { run } from "./visitor.mjs";

const widths = (page) => page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);

async function token({ page, context, told }) {
  await byToken(page, told);
  const total = await page.innerText("#requests .total");
  await page.waitForSelector("#health .parts");
  await page.click("#requests summary");
  await page.waitForSelector("#requests tbody tr");
  const rows = await page.locator("#requests tbody tr").count();
  const spans = {};
  for (const span of ["24h", "30d", "1h"]) {
    const answered = page.waitForResponse((response) => response.url().endsWith(`span=${span}`));
    await page.check(`input[value="${span}"]`);
    await answered;
    await page.waitForSelector("#grid[aria-busy=false]");
    spans[span] = [await page.locator("#requests .unit").textContent(), await page.locator("#requests tbody tr").count()];
  }
  return {
    total, rows, spans,
    parts: await texts(page, "#health .name"), state: await page.innerText("#state"), freshness: await page.innerText("#freshness"),
    revenue: await page.innerText("#revenue"), inbox: await page.innerText("#inbox"), messages: await texts(page, "#errors .message"),
    note: await page.innerText("#errors .note"),
    stored: [await context.storageState(), await page.evaluate(async () => [sessionStorage.length, (await indexedDB.databases()).length])],
  };
}

async function keyboard({ page, told }) {
  await byToken(page, told);
  await page.focus("#requests .plot");
  await page.keyboard.press("ArrowLeft");
  const last = await page.locator("#requests .unseen[aria-live]").textContent();
  const tip = await page.locator("#requests .tip").innerText();
  await page.keyboard.press("ArrowLeft");
  const before = await page.locator("#requests .unseen[aria-live]").textContent();
  await page.keyboard.press("Home");
  const first = await page.locator("#requests .unseen[aria-live]").textContent();
  await page.keyboard.press("Escape");
  const gone = await page.locator("#requests .tip").isHidden();
  const box = await page.locator("#latency .plot").boundingBox();
  await page.mouse.move(box.x + box.width - 10, box.y + 100);
  return { last, tip, before, first, gone, hovered: await page.locator("#latency .tip").innerText() };
}

async function pace({ page, noted, told }) {
  await page.clock.install();
  await byToken(page, told);
  const during = async (milliseconds) => {
    const before = figuresOf(noted).length;
    for (let passed = 0; passed < milliseconds; passed += 5000) {
      await page.clock.runFor(5000);
      await page.waitForTimeout(60);
    }
    return figuresOf(noted).length - before;
  };
  const hide = (hidden) => page.evaluate((value) => {
    Object.defineProperty(document, "hidden", { value, configurable: true });
    document.dispatchEvent(new Event("visibilitychange"));
  }, hidden);
  const shown = await during(60_000);
  await hide(true);
  const hidden = await during(60_000);
  await hide(false);
  const again = await during(5000);
  const answered = page.waitForResponse((response) => response.url().endsWith("span=30d"));
  await page.check("input[value='30d']");
  await answered;
  const monthly = await during(60_000);
  await page.route("**/figures*", (route) => route.fulfill({ status: 503, contentType: "application/json", body: "{}" }));
  await page.click("#refresh");
  await page.waitForSelector("#notice:not([hidden])");
  return { shown, hidden, again, monthly, failed: await during(60_000) };
}

// An outage as deep health tells it, then as nobody answers, and what follows each.
async function outage({ page, noted, told }) {
  await page.clock.install();
  const ill = { status: "unhealthy", timestamp: "2026-01-01T00:00:00Z", version: "0", release: "none", services: { database: { status: "unhealthy", problem: "UNAVAILABLE", latencyMs: 1 } } };
  const asked = () => noted.asked.filter(({ path }) => path.includes("/health/deep")).length;
  const fail = (status, data) => page.route("**/health/deep", (route) => route.fulfill({ status, json: { success: false, data } }));
  const during = async (milliseconds) => {
    const before = asked();
    for (let passed = 0; passed < milliseconds; passed += 5000) {
      await page.clock.runFor(5000);
      await page.waitForTimeout(100);
    }
    return asked() - before;
  };
  const header = async (words) => { await page.waitForSelector(`#state:has-text("${words}")`); return page.innerText("#health"); };
  await fail(503, ill);
  await byToken(page, told);
  const down = await header("The service does not work");
  const whileIll = await during(60_000);
  await page.unroute("**/health/deep");
  await during(15_000);
  const up = [await page.innerText("#state"), await page.innerText("#health")];
  await fail(504);
  await page.click("#refresh");
  await header("State not known");
  const whileUnknown = await during(60_000);
  await page.route("**/figures*", (route) => route.fulfill({ status: 503, json: {} }));
  await page.click("#refresh");
  await page.waitForSelector("#notice:not([hidden])");
  await page.unroute("**/figures*");
  await page.unroute("**/health/deep");
  await during(15_000);
  return { down, whileIll, up, whileUnknown, after: await page.innerText("#state") };
}

async function looks({ page, told }) {
  await byToken(page, told);
  const seen = { narrow: {} };
  for (const width of [360, 768, 1280]) {
    await page.setViewportSize({ width, height: 740 });
    await page.waitForTimeout(150);
    seen.narrow[width] = await widths(page);
  }
  const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  seen.light = await ground();
  await page.emulateMedia({ colorScheme: "dark", reducedMotion: "reduce" });
  seen.dark = await ground();
  seen.transition = await page.evaluate(() => getComputedStyle(document.getElementById("refresh")).transitionDuration);
  seen.font = await page.evaluate(() => getComputedStyle(document.body).fontVariantNumeric);
  return seen;
}

async function money({ page, told }) {
  await page.route("**/figures*", async (route) => {
    const response = await route.fetch();
    const body = await response.json();
    body.data.buckets.forEach((bucket, index) => { bucket.revenue = index % 2 ? { usd: 1000 } : { jpy: 500, usd: 50 }; });
    await route.fulfill({ response, json: body });
  });
  await byToken(page, told);
  return page.innerText("#revenue");
}

// What the policy is for: were any text of theirs to become markup, it would not run.
async function attack({ page, told }) {
  await byToken(page, told);
  const refused = await page.evaluate(() => {
    const tries = {
      markup: () => { document.body.innerHTML += "<img src=x onerror=alert(1)>"; },
      inline: () => { const made = document.createElement("script"); made.textContent = "alert(1)"; document.body.append(made); },
      elsewhere: () => { const made = document.createElement("img"); made.src = "http://127.0.0.1:9/spy"; document.body.append(made); },
      style: () => { document.body.setAttribute("style", "background: red"); },
    };
    return Object.entries(tries).map(([name, attempt]) => { try { attempt(); return [name, "tried"]; } catch (error) { return [name, error.name]; } });
  });
  const sent = await page.evaluate(() => fetch("http://127.0.0.1:9/spy").then(() => "sent", (error) => error.name));
  await page.waitForTimeout(200);
  return { refused: Object.fromEntries(refused), sent };
}

await run({ token, keyboard, pace, outage, looks, money, attack });
