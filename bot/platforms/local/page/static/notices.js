// What is said in passing: cards in the corner for problems, and a quiet voice for screen readers.

import { h, iconButton } from "./dom.js";

const LONG = 9000;

/** Shows a problem, or with an offer { label, act } a plain word and one thing to do. */
export function notice(text, offer) {
  const card = h("div", { class: offer ? "notice" : "notice wrong", role: "alert", "data-testid": "notice" }, h("p", {}, text),
    offer && h("button", { type: "button", class: "plain slim", onclick: () => (card.remove(), offer.act()) }, offer.label),
    iconButton("close", "Dismiss", () => card.remove()));
  const place = document.querySelector("#notices");
  place.append(card);
  while (place.children.length > 3) place.firstElementChild.remove();
  setTimeout(() => card.matches(":hover, :focus-within") || card.remove(), LONG);
}

let waiting = [];

/** Says something to screen readers; several things said at once become one sentence each, at most three. */
export function say(text) {
  waiting.push(text);
  if (waiting.length > 1) return;
  setTimeout(() => {
    const more = waiting.length > 3 ? [`and ${waiting.length - 3} more`] : [];
    document.querySelector("#live").textContent = [...waiting.slice(0, 3), ...more].join(". ");
    waiting = [];
  }, 250);
}
