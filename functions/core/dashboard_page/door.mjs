// The door: e-mail address and password, then a code; or the metrics token. It hands a session on and keeps nothing.
import { at, element } from "./elements.mjs";
import { PersonSession, TokenSession } from "./session.mjs";
import { Trouble } from "./trouble.mjs";

const NO_FACTOR =
  "Your account has no authenticator app, and this page needs one. Enrol it in your account's settings, then sign in again.";

export class Door {
  #auth;
  #enter;
  #half = null; // what the password alone gave
  #whole = null; // the session, until the board has opened

  // `enter` is told the session; what it throws is shown here.
  constructor(auth, enter) {
    this.#auth = auth;
    this.#enter = enter;
    this.#on("password-form", (form) => this.#signIn(form.email.value.trim(), form.password.value));
    this.#on("code-form", (form) => this.#verify(form.factor.value, form.code.value));
    this.#on("token-form", (form) => this.#enter(new TokenSession(form.token.value.trim())));
    at("back").addEventListener("click", () => this.open());
  }

  open(sentence = "") {
    this.#forget();
    at("board").hidden = true;
    at("door").hidden = false;
    this.#step("password-form", "Sign in to Mainstay", "For staff, with a second factor.");
    this.#say(sentence);
    at("password-form").elements.email.focus();
  }

  close() {
    at("door").hidden = true;
    this.#half = this.#whole = null;
    for (const form of at("door").querySelectorAll("form")) form.reset();
    this.#say("");
  }

  async #signIn(email, password) {
    const issued = await this.#auth.signIn(email, password);
    const factors = await this.#auth.factors(issued.access_token);
    if (!factors.length) {
      await this.#auth.signOut(issued.access_token).catch(() => null);
      throw new Trouble("wrong", NO_FACTOR);
    }
    this.#half = issued;
    const choice = at("code-form").elements.factor;
    choice.replaceChildren(...factors.map((each, index) => element("option", { value: each.id }, each.friendly_name || `Authenticator ${index + 1}`)));
    at("factor-choice").hidden = factors.length < 2;
    this.#step("code-form", "Your second factor", "Enter the code that your authenticator app shows.");
    at("code-form").elements.code.focus();
  }

  async #verify(factor, code) {
    at("code-form").elements.code.select();
    // A code is good for one use: where only the board failed, the next try is without it.
    this.#whole ??= new PersonSession(this.#auth, await this.#auth.verify(this.#half.access_token, factor, code));
    await this.#enter(this.#whole);
  }

  #forget() {
    if (this.#whole) this.#whole.end();
    else if (this.#half) this.#auth.signOut(this.#half.access_token).catch(() => null);
    this.#half = this.#whole = null;
    for (const form of at("door").querySelectorAll("form")) form.reset();
  }

  #step(shown, title, lead) {
    for (const id of ["password-form", "code-form"]) at(id).hidden = id !== shown;
    at("token-entry").hidden = shown === "code-form";
    at("door-title").textContent = title;
    at("door-lead").textContent = lead;
  }

  #say(sentence) {
    at("door-alert").hidden = !sentence;
    at("door-alert").textContent = sentence;
  }

  #on(id, work) {
    const form = at(id);
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const button = form.querySelector("[type=submit]");
      button.disabled = true;
      form.setAttribute("aria-busy", "true");
      this.#say("");
      try {
        await work(form.elements);
      } catch (trouble) {
        if (!(trouble instanceof Trouble)) throw trouble;
        if (id === "code-form" && (trouble.kind === "refused" || trouble.kind === "ended")) this.open();
        this.#say(trouble.message);
      } finally {
        button.disabled = false;
        form.removeAttribute("aria-busy");
      }
    });
  }
}
