// Asks again and again while somebody looks: not in a hidden tab, and not twice at once.
export const RETRY_MS = 15_000;

export class Watch {
  #work;
  #every = 0;
  #timer = 0;
  #due = 0;
  #busy = null;

  // `work` says whether it went well; where not, the next time is soon.
  constructor(work) {
    this.#work = work;
    document.addEventListener("visibilitychange", () => this.#plan());
  }

  // From now on each so many milliseconds; now as well, unless what there is to ask was just answered.
  async start(every, isAnswered = false) {
    this.#every = every;
    this.#due = Date.now() + every;
    if (isAnswered) return this.#plan();
    // What is under way was asked before, and may be of something else.
    await this.#busy?.catch(() => null);
    return this.now();
  }

  stop() {
    this.#every = 0;
    clearTimeout(this.#timer);
  }

  async now() {
    clearTimeout(this.#timer);
    this.#busy ??= this.#work().finally(() => { this.#busy = null; });
    let isWell = false;
    try {
      isWell = await this.#busy;
    } finally {
      this.#due = Date.now() + (isWell ? this.#every : Math.min(this.#every, RETRY_MS));
      this.#plan();
    }
  }

  #plan() {
    clearTimeout(this.#timer);
    if (!this.#every || document.hidden || this.#busy) return;
    this.#timer = setTimeout(() => this.now(), Math.max(0, this.#due - Date.now()));
  }
}
