// A browser that looks at one page and notes what a careful reader would: errors, violations, and whom it asks.
import { chromium } from "playwright-core";

const ARGUMENTS = [
  "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync",
];

// Runs `visit({page, context, noted, told})` and prints what it returns together with what was noted.
export async function run(visits) {
  const told = JSON.parse(await text(process.stdin));
  const browser = await chromium.launch({ executablePath: told.browser, args: ARGUMENTS });
  try {
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...told.options });
    const page = await context.newPage();
    page.setDefaultTimeout(10_000);
    const noted = { console: [], violations: [], dialogs: [], blocked: [], origins: new Set(), asked: [] };
    await note(page, noted);
    const seen = await visits[told.visit]({ page, context, noted, told });
    process.stdout.write(JSON.stringify({ ...noted, origins: [...noted.origins].sort(), seen }));
  } finally {
    await browser.close();
  }
}

async function note(page, noted) {
  page.on("console", (message) => ["error", "warning"].includes(message.type()) && noted.console.push(message.text()));
  page.on("pageerror", (error) => noted.console.push(`uncaught: ${error.message}`));
  page.on("dialog", (dialog) => { noted.dialogs.push(dialog.message()); dialog.dismiss(); });
  page.on("request", (request) => {
    const { origin, pathname, search } = new URL(request.url());
    if (origin === "null") return; // data: addresses
    noted.origins.add(origin);
    noted.asked.push({ path: pathname + search, bearer: request.headers().authorization?.replace("Bearer ", "") ?? null });
  });
  page.on("requestfailed", (request) => noted.blocked.push(`${request.url()} ${request.failure().errorText}`));
  await page.exposeFunction("noteViolation", (what) => noted.violations.push(what));
  await page.addInitScript(() => addEventListener("securitypolicyviolation", (event) => window.noteViolation(`${event.violatedDirective} ${event.blockedURI}`)));
}

async function text(stream) {
  const parts = [];
  for await (const part of stream) parts.push(part);
  return Buffer.concat(parts).toString();
}
