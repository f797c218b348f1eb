// Ways into the dashboard, and what visits of it have in common.
export const BOARD = "#board:not([hidden]) .facts";

export const texts = (page, selector) => page.locator(selector).allInnerTexts();

export const figuresOf = (noted) => noted.asked.filter(({ path }) => path.includes("/dashboard/figures"));

export async function alertOf(page) {
  await page.waitForSelector("#door-alert:not([hidden])");
  return page.innerText("#door-alert");
}

export async function offerToken(page, address, token) {
  await page.goto(address);
  await page.click("#token-entry summary");
  await page.fill("[name=token]", token);
  await page.click("#token-form [type=submit]");
}

export async function byToken(page, told) {
  await offerToken(page, told.page, told.token);
  await page.waitForSelector(BOARD);
}

export async function signIn(page, { password = "right", code = "123456" } = {}) {
  await page.fill("[name=email]", "grace@example.com");
  await page.fill("[name=password]", password);
  await page.click("#password-form [type=submit]");
  if (password !== "right") return;
  await page.waitForSelector("#code-form:not([hidden])");
  await page.fill("[name=code]", code);
  await page.click("#code-form [type=submit]");
}
