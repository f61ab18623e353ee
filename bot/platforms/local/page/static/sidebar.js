// The left side: channels, private messages with the bot, and the threads that were lately written in.

import { avatar, h, icon, keep } from "./dom.js";
import { unseen } from "./seen.js";

const THREADS = 12;

/** Fills the left side; `go` opens a channel, `openThread` a thread. */
export function showSidebar(root, state, look, { go, openThread }) {
  const channels = state.view.channels.filter((channel) => channel.kind !== "direct");
  const direct = state.view.channels.filter((channel) => channel.kind === "direct");
  const place = (channel) => link(channel.id, channel.name, channel.kind === "direct" ? avatar(look.person("bot"), "tiny") : hash(), {
    current: state.channel === channel.id, fresh: unseen(look.me.id, channel.id, channel.messages).length, act: () => go(channel.id) });
  keep(root.querySelector("#channels"), channels.map(place));
  keep(root.querySelector("#directs"), direct.map(place));
  const threads = state.view.threads.toSorted((a, b) => lastOf(b).localeCompare(lastOf(a))).slice(0, THREADS);
  keep(root.querySelector("#threads"), threads.map((thread) => link(thread.id, thread.name, icon("thread"), {
    current: state.thread === thread.id, fresh: unseen(look.me.id, thread.id, thread.messages).length, act: () => openThread(thread.id) })));
  root.querySelector("#no-threads").hidden = threads.length > 0;
}

const hash = () => h("span", { class: "hash", "aria-hidden": "true" }, "#");
const lastOf = (thread) => thread.messages.at(-1)?.at ?? "";

function link(id, name, sign, { current, fresh, act }) {
  const make = () => h("li", {}, h("button", { type: "button", class: fresh ? "place fresh" : "place", "aria-current": current ? "true" : null,
    "data-focus": `place ${id}`, "data-place": id, onclick: act },
    sign, h("span", { class: "place-name" }, name),
    fresh > 0 && h("span", { class: "count" }, String(Math.min(fresh, 99)), h("span", { class: "unseen" }, " unread"))));
  return { key: id, print: JSON.stringify([name, current, fresh]), make };
}
