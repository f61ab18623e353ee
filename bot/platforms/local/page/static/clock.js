// The world's clock: what it shows, the buttons that move it, and letting the week go by.

import { h } from "./dom.js";
import { clockTime, moment, nextMonday, shortDay } from "./times.js";

const HOUR = 3600;
const WEEK = 7 * 24; // playing stops by itself after as many hours

/** Wires the clock in `root`. `move(body)` asks the server and gives a promise of whether it moved. */
export function clock(root, move) {
  const state = { now: null, zone: "UTC", waiting: 0, left: 0, line: Promise.resolve() };
  const part = (name) => root.querySelector(`#clock-${name}`);
  // A press while the clock still moves is kept, and comes after.
  const go = (body) => {
    state.waiting += 1;
    root.setAttribute("aria-busy", "true");
    state.line = state.line.catch(() => false).then(() => move(body)).finally(() => {
      state.waiting -= 1;
      if (!state.waiting) root.removeAttribute("aria-busy");
    });
    return state.line;
  };
  const playing = (hours) => {
    state.left = hours;
    part("play").setAttribute("aria-pressed", String(hours > 0));
    part("play").title = hours > 0 ? "Pause" : "Let the week go by, an hour a second";
    document.body.classList.toggle("playing", hours > 0);
  };
  const step = async () => {
    const started = performance.now();
    if (!(await go({ by: HOUR }))) return playing(0);
    if (state.left > 0) playing(state.left - 1);
    if (state.left > 0) setTimeout(step, Math.max(0, 1000 - (performance.now() - started)));
  };
  const by = (body) => () => (playing(0), go(body()));
  part("next").addEventListener("click", by(() => ({ next: true })));
  part("quarter").addEventListener("click", by(() => ({ by: HOUR / 4 })));
  part("hour").addEventListener("click", by(() => ({ by: HOUR })));
  part("day").addEventListener("click", by(() => ({ by: 24 * HOUR })));
  part("monday").addEventListener("click", by(() => ({ to: nextMonday(state.now, state.zone) })));
  part("play").addEventListener("click", () => (state.left > 0 ? playing(0) : (playing(WEEK), step())));
  return {
    show(now, zone) {
      Object.assign(state, { now, zone });
      const time = h("time", { datetime: now, title: `${moment(now, "UTC")} UTC` }, h("span", { class: "clock-day" }, shortDay(now, zone)), " ", clockTime(now, zone));
      part("time").replaceChildren(time);
      part("zone").textContent = zone.replaceAll("_", " ");
    },
  };
}
