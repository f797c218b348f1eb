// Numbers, moments and lengths of time as they are shown.
const whole = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const short = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });
const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
const seconds = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" });
// Days are those of UTC.
const day = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", timeZone: "UTC" });
const dayAndClock = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });
const NONE = "–";
const DAY_SECONDS = 86_400;

export const zone = new Intl.DateTimeFormat().resolvedOptions().timeZone;

export const count = (value) => (value === null ? NONE : whole.format(value));

export const brief = (value) => (value < 10_000 ? whole.format(value) : short.format(value));

export function rate(perMinute) {
  if (perMinute === 0 || perMinute >= 10) return whole.format(perMinute);
  return perMinute < 0.1 ? "under 0.1" : perMinute.toFixed(1);
}

export function milliseconds(value) {
  if (value === null) return NONE;
  if (value >= 1000) return `${(value / 1000).toFixed(value % 1000 && value < 10_000 ? 1 : 0)} s`;
  return `${value < 10 && value % 1 ? value.toFixed(1) : Math.round(value)} ms`;
}

export function share(part) {
  if (part === null) return NONE;
  const percent = part * 100;
  if (percent === 0 || percent >= 10) return `${percent.toFixed(0)} %`;
  return percent < 0.01 ? "under 0.01 %" : `${percent.toFixed(percent < 1 ? 2 : 1)} %`;
}

export function duration(value) {
  if (value === null) return NONE;
  for (const [size, unit] of [[DAY_SECONDS, "d"], [3600, "h"], [60, "min"]]) {
    if (value >= size) return `${Math.floor(value / size)} ${unit}`;
  }
  return `${Math.round(value)} s`;
}

// A currency's minor units: yen have none, dinars a thousand to one.
export function money(minor, currency, isBrief = false) {
  const named = { style: "currency", currency: currency.toUpperCase() };
  const digits = new Intl.NumberFormat("en", named).resolvedOptions().maximumFractionDigits;
  const shown = isBrief ? { notation: "compact", maximumFractionDigits: 1 } : {};
  return new Intl.NumberFormat("en", { ...named, ...shown }).format(minor / 10 ** digits);
}

export const moment = (date) => seconds.format(date);

export const minute = (date) => dayAndClock.format(date);

export const tickLabel = (date, stepSeconds) => (stepSeconds >= DAY_SECONDS ? day : clock).format(date);

// "14:03 to 14:04", "21 Nov", with the day where a span has several.
export function period(date, stepSeconds) {
  if (stepSeconds >= DAY_SECONDS) return `${day.format(date)} (UTC)`;
  const end = new Date(date.getTime() + stepSeconds * 1000);
  return `${(stepSeconds > 60 ? dayAndClock : clock).format(date)} to ${clock.format(end)}`;
}

export function ago(date, now) {
  const passed = (now - date) / 1000;
  return passed < 5 ? "just now" : `${duration(passed)} ago`;
}
