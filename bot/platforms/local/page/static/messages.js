// A list of messages: days, runs of one author, private replies where they were asked for, and each message's menu.

import { avatar, h, icon, iconButton, keep } from "./dom.js";
import { blocks, summary } from "./blocks.js";
import { openMenu } from "./menu.js";
import { memberText } from "./text.js";
import { clockTime, isoDay, longDay, moment } from "./times.js";

const RUN = 5 * 60_000; // messages of one author within five minutes stand under one name
export const SHOWN = 120; // older ones come with a button, so that a year of questions stays quick

/**
 * Shows messages in `list`; `look.acts` is what their controls do, `first` is the first unread one, `root` the message on
 * which the thread stands. A private reply stands
 * under the message whose button brought it (`look.anchors`), as long as that is known; else where its time puts it.
 */
export function showMessages(list, messages, look, { most = SHOWN, first = null, root = null } = {}) {
  const here = messages.filter((message) => !look.dismissed.has(message.id));
  const ids = new Set(here.map((message) => message.id));
  const anchored = (message) => ids.has(look.anchors.get(message.id));
  const main = here.filter((message) => !anchored(message));
  const under = (message) => here.filter((other) => look.anchors.get(other.id) === message.id).flatMap((other) => [other, ...under(other)]);
  const shown = main.slice(-most);
  const earlier = main.length > shown.length ? [earlierItem(look)] : [];
  const items = shown.flatMap((message, place) => {
    const below = under(message);
    const before = under(shown[place - 1] ?? { id: null }).length ? null : shown[place - 1];
    return [...between(shown[place - 1], message, look, first), messageItem(message, before, look, here),
      ...below.map((other) => messageItem(other, null, look, here)), ...(message.id === root ? [repliesItem(main.length - 1)] : [])];
  });
  keep(list, [...earlier, ...items]);
}

function repliesItem(count) {
  const words = count === 0 ? "No replies yet" : `${count} ${count === 1 ? "reply" : "replies"}`;
  return { key: "replies", print: words, make: () => h("li", { class: "day replies" }, h("span", {}, words)) };
}

function earlierItem(look) {
  const make = () => h("li", { class: "earlier" }, h("button", { type: "button", class: "quiet", onclick: look.acts.earlier }, "Show earlier messages"));
  return { key: "earlier", print: "", make };
}

function between(before, message, look, first) {
  const zone = look.me.zone;
  const divider = (key, text, sort) => ({ key, print: text, make: () => h("li", { class: `day ${sort}` }, h("span", {}, text)) });
  if (look.inThread && (!before || before.id === look.inThread)) return [];
  const newDay = !before || isoDay(before.at, zone) !== isoDay(message.at, zone);
  const day = newDay ? [divider(`day ${isoDay(message.at, zone)}`, longDay(message.at, zone), "")] : [];
  return message.id === first ? [...day, divider("new", "New", "new")] : day;
}

function isJoined(before, message, zone) {
  if (!before || before.author !== message.author || before.only_for !== message.only_for) return false;
  if (message.only_for || message.reply_to || before.thread_id) return false;
  return isoDay(before.at, zone) === isoDay(message.at, zone) && new Date(message.at) - new Date(before.at) < RUN;
}

function messageItem(message, before, look, all) {
  if (look.editing === message.id) return { key: message.id, print: "editing", make: () => editing(message, look) };
  const joined = isJoined(before, message, look.me.zone);
  const thread = message.thread_id && !look.inThread && look.thread(message.thread_id);
  const told = thread ? [thread.name, spoken(thread).map((reply) => [reply.author, reply.at])] : [];
  const answered = all.find((other) => other.id === message.reply_to);
  const print = JSON.stringify([message, joined, look.me.id, told, answered?.text, look.open === message.thread_id, look.sent.has(message.id)]);
  return { key: message.id, print, make: () => messageElement(message, { joined, thread, answered }, look) };
}

const spoken = (thread) => thread.messages.filter((message) => !message.only_for);

function messageElement(message, { joined, thread, answered }, look) {
  const author = look.person(message.author);
  const time = h("time", { datetime: message.at, title: `${moment(message.at, "UTC")} UTC` }, clockTime(message.at, look.me.zone));
  const acts = { press: (id) => look.acts.press(message, id), choose: (id, values) => look.acts.choose(message, id, values) };
  const body = message.text === undefined ? blocks(message.blocks, look, message.id, acts) : memberText(message.text);
  const edited = message.edited && message.text !== undefined && h("span", { class: "hint edited" }, "(edited)");
  return h("li", { class: `message${joined ? " joined" : ""}${message.only_for ? " private" : ""}`, "data-testid": message.only_for ? "private-reply" : "message", "data-id": message.id,
    "data-author": message.author },
    answered && h("p", { class: "answers" }, icon("reply"), h("strong", {}, look.person(answered.author).name), " ", summary(answered, look)),
    h("div", { class: "gutter" }, joined ? time : avatar(author)),
    h("article", { class: "body", "aria-label": `${author.name}, ${clockTime(message.at, look.me.zone)}` },
      !joined && h("p", { class: "byline" }, h("strong", {}, author.name), author.id === "bot" && h("span", { class: "badge" }, "bot"), time,
        message.only_for && onlyYou()), body, broughtFiles(message), edited, backToForm(message, look), reactions(message, look), thread && threadChip(thread, look)),
    tools(message, look));
}

const broughtFiles = ({ brought = [] }) => brought.map((name) => h("p", { class: "brought" }, icon("file"), name));

const onlyYou = () => h("span", { class: "only-you" }, icon("eye"), "Only you can see this");

function backToForm(message, look) {
  if (!look.sent.has(message.id)) return null;
  return h("p", { class: "buttons" }, h("button", { type: "button", class: "quiet slim", onclick: () => look.acts.reopen(message) }, "Back to the form"));
}

function reactions(message, look) {
  const all = Object.entries(message.reactions ?? {}).filter(([, people]) => people.length);
  if (!all.length) return null;
  return h("ul", { class: "reactions", "aria-label": "Reactions" }, all.map(([sign, people]) => {
    const names = people.map((id) => look.person(id).name).join(", ");
    return h("li", { title: names }, h("span", {}, sign), h("span", { "aria-hidden": "true" }, String(people.length)), h("span", { class: "unseen" }, ` by ${names}`));
  }));
}

function threadChip(thread, look) {
  const replies = spoken(thread);
  const people = [...new Set(replies.map((reply) => reply.author))].slice(-3).map((id) => avatar(look.person(id), "tiny"));
  const count = replies.length;
  const words = count === 0 ? "Open thread" : `${count} ${count === 1 ? "reply" : "replies"}`;
  const last = replies.at(-1);
  return h("button", { type: "button", class: "thread-chip", "data-focus": `thread/${thread.id}`, "data-testid": "open-thread", "aria-label": `${words}: open the thread “${thread.name}”`,
    "aria-expanded": String(look.open === thread.id), onclick: () => look.acts.openThread(thread.id) },
    people.length ? h("span", { class: "faces" }, people) : icon("thread"), h("span", { class: "thread-words" }, words),
    last && h("span", { class: "hint" }, `last ${clockTime(last.at, look.me.zone)}`));
}

function tools(message, look) {
  if (message.only_for) return h("div", { class: "tools always" }, iconButton("close", "Dismiss this private reply", () => look.acts.dismiss(message)));
  const mine = message.author === look.me.id;
  const items = [
    message.thread && { label: "Reply", act: () => look.acts.reply(message) },
    message.thread && mine && { label: "Count as my answer", act: () => look.acts.shortcut(message) },
    mine && { label: "Edit", act: () => look.acts.edit(message) },
    mine && { label: "Delete", danger: true, act: () => look.acts.remove(message) },
  ].filter(Boolean);
  if (!items.length) return null;
  const name = `Menu for the message of ${look.person(message.author).name}, ${clockTime(message.at, look.me.zone)}`;
  const more = iconButton("more", name, () => openMenu(more, name, items), { "aria-haspopup": "menu", "data-focus": `${message.id}/more`, "data-testid": "message-menu" });
  const quick = message.thread && iconButton("reply", "Reply", () => look.acts.reply(message), { "data-focus": `${message.id}/reply` });
  return h("div", { class: "tools" }, quick, more);
}

function editing(message, look) {
  const box = h("textarea", { rows: "2", "aria-label": "Edit your message", value: message.text, "data-focus": `${message.id}/edit` });
  const save = () => look.acts.save(message, box.value);
  box.addEventListener("keydown", (event) => {
    if (event.key === "Escape") event.stopPropagation();
    if (event.key === "Escape") look.acts.edit(null);
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    save();
  });
  queueMicrotask(() => box.focus());
  return h("li", { class: "message editing", "data-id": message.id },
    h("div", { class: "gutter" }, avatar(look.me)),
    h("div", { class: "body" }, box, h("div", { class: "buttons" },
      h("button", { type: "button", class: "primary", onclick: save }, "Save"),
      h("button", { type: "button", class: "plain", onclick: () => look.acts.edit(null) }, "Cancel"))));
}
