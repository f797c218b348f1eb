// Where an axis has its marks.
const ROUND = [1, 2, 2.5, 5, 10];
const MINUTE = 60;
const HOUR = 3600;
const DAY = 86_400;
const PERIODS = [5 * MINUTE, 10 * MINUTE, 15 * MINUTE, 30 * MINUTE, HOUR, 2 * HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR, DAY, 2 * DAY, 5 * DAY, 7 * DAY, 10 * DAY, 15 * DAY];

// From 0 to at least `most`, in at most `marks` round steps; whole ones where halves mean nothing.
export function valueTicks(most, marks = 4, isWhole = false) {
  const least = isWhole ? 1 : Number.EPSILON;
  const rough = Math.max((most || 1) / marks, least);
  const power = 10 ** Math.floor(Math.log10(rough));
  const fits = ROUND.map((round) => round * power).filter((step) => step >= rough * 0.999 && (!isWhole || step % 1 === 0));
  const step = fits[0] ?? 10 * power;
  const steps = Math.max(1, Math.ceil((most / step) * 0.999));
  return Array.from({ length: steps + 1 }, (_, index) => index * step);
}

// The indexes of buckets that get a label: those that begin at a round time of the reader's clock, or day of UTC.
export function timeTicks(dates, stepSeconds, most) {
  const length = dates.length * stepSeconds;
  const period = PERIODS.find((each) => each >= stepSeconds && length / each <= most) ?? length;
  const shift = stepSeconds >= DAY ? 0 : dates.length && dates[0].getTimezoneOffset() * MINUTE;
  if (stepSeconds >= DAY) {
    const every = Math.max(1, Math.round(period / stepSeconds));
    return dates.map((_, index) => index).filter((index) => (dates.length - 1 - index) % every === 0);
  }
  return dates.map((_, index) => index).filter((index) => (dates[index].getTime() / 1000 - shift) % period === 0);
}
