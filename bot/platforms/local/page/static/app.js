// The page: fetches what a member sees, shows it, and wires what they do.

import { actions } from "./actions.js";
import { coalesced, fetchView, listen, moveClock } from "./api.js";
import { summary } from "./blocks.js";
import { clock } from "./clock.js";
import { composer } from "./composer.js";
import { avatar, h, icon } from "./dom.js";
import { emptyChannel } from "./empty.js";
import { SHOWN, showMessages } from "./messages.js";
import { notice, say } from "./notices.js";
import { follow } from "./scroll.js";
import { hasSeen, markSeen, unseen } from "./seen.js";
import { showSidebar } from "./sidebar.js";
import { arranged, arrivals, personIn } from "./view.js";

const $ = (id) => document.getElementById(id);
const state = {
  me: null, view: null, channel: null, thread: null, replyTo: null, editing: null, reveal: null,
  most: SHOWN, anchors: new Map(), sent: new Map(), dismissed: new Set(), fresh: {},
};
let stop = () => {};
let look = null;

// --- showing ---------------------------------------------------------------------------------------------------------

function lookNow() {
  const person = personIn(state.view);
  const thread = (id) => state.view.threads.find((item) => item.id === id);
  const channel = (id) => state.view.channels.find((item) => item.id === id);
  const { anchors, sent, dismissed, editing } = state;
  return { me: state.view.me, person, thread, channel, anchors, sent, dismissed, editing, open: state.thread, acts };
}

function show() {
  if (!state.view) return;
  settlePlaces();
  look = lookNow();
  showWho();
  time.show(state.view.now, state.view.zone);
  showChannel();
  showThread();
  if (!document.hidden) markOpen();
  showSidebar($("side"), state, look, { go, openThread });
  reveal();
  history.replaceState(null, "", `#${new URLSearchParams({ as: state.me, channel: state.channel, ...(state.thread && { thread: state.thread }) })}`);
}

function settlePlaces() {
  const known = (list, id) => list.some((item) => item.id === id);
  if (!known(state.view.channels, state.channel)) state.channel = state.view.channels[0]?.id ?? null;
  if (!known(state.view.threads, state.thread)) state.thread = null;
}

const channelNow = () => state.view.channels.find((channel) => channel.id === state.channel);
const threadNow = () => state.view.threads.find((thread) => thread.id === state.thread);

function showChannel() {
  const channel = channelNow();
  const direct = channel.kind === "direct";
  $("channel-name").textContent = direct ? channel.name : `# ${channel.name}`;
  $("channel-about").textContent = direct ? "Only you and the bot read this." : `${channel.people.length} members`;
  document.title = `${channel.name} · Batchmates`;
  boxes.channel.label(direct ? `Message ${channel.name}, or / for a command` : `Message #${channel.name}, or / for a command`);
  scrolls.channel.around(() => {
    showMessages($("channel-messages"), channel.messages, look, { most: state.most, first: state.fresh[channel.id] });
    const quiet = !channel.messages.some((message) => !message.only_for);
    $("empty").replaceChildren(...(quiet ? [emptyChannel(channel, state.view, { type: (text) => type(text), be })] : []));
  });
}

function showThread() {
  const thread = threadNow();
  $("thread-room").hidden = !thread;
  $("rooms").classList.toggle("with-thread", Boolean(thread));
  if (!thread) return;
  $("thread-name").textContent = thread.name;
  $("thread-about").textContent = `Thread in #${state.view.channels.find((channel) => channel.id === thread.channel).name}`;
  boxes.thread.label("Write in the thread");
  const answered = thread.messages.find((message) => message.id === state.replyTo);
  if (!answered) state.replyTo = null;
  boxes.thread.showReply(answered ? look.person(answered.author).name : "");
  const root = state.view.messages.find((message) => message.id === thread.message);
  const replies = [...(root ? [root, ...beneath(root)] : []), ...thread.messages];
  scrolls.thread.around(() => showMessages($("thread-messages"), replies, { ...look, inThread: thread.message }, { first: state.fresh[thread.id], root: root?.id }));
}

// Private replies to the buttons of the thread's first message belong to the channel, and are shown here as well.
function beneath(root) {
  const direct = state.view.messages.filter((message) => state.anchors.get(message.id) === root.id && !message.thread);
  return direct.flatMap((message) => [message, ...beneath(message)]);
}

function showWho() {
  const people = state.view.people.filter((person) => !person.bot);
  const lines = people.map((person) => h("option", { value: person.id }, person.manager ? `${person.name} (organiser)` : person.name));
  const print = JSON.stringify(people.map((person) => [person.id, person.name, person.manager]));
  if ($("who").dataset.print !== print) $("who").replaceChildren(...lines);
  $("who").dataset.print = print;
  $("who").value = state.me;
  $("who-face").replaceChildren(avatar(state.view.me, "small"));
}

function markOpen() {
  for (const place of [channelNow(), threadNow()]) if (place) markSeen(state.me, place.id, place.messages);
}

function reveal() {
  if (!state.reveal) return;
  for (const place of document.querySelectorAll(`[data-id="${CSS.escape(state.reveal)}"]`)) place.scrollIntoView({ block: "nearest" });
  state.reveal = null;
}

// --- fetching --------------------------------------------------------------------------------------------------------

const refresh = coalesced(async () => {
  const me = state.me;
  const view = await fetchView(me);
  if (view.type === "failed") return state.view || !me ? notice(view.why) : undefined;
  if (me !== state.me) return undefined;
  const before = state.view;
  state.view = arranged(view);
  state.me = view.me.id;
  if (before?.me.id === view.me.id) announce(arrivals(before, view, [state.channel, state.thread]));
  else noteFresh();
  return show();
});

function announce(messages) {
  const person = personIn(state.view);
  for (const message of messages) {
    const who = message.only_for ? "Only you can see this" : person(message.author).name;
    say(`${who}: ${summary(message, { me: state.view.me, person }).slice(0, 300)}`);
  }
}

function noteFresh() {
  for (const place of [...state.view.channels, ...state.view.threads]) noteFreshIn(place);
}

function noteFreshIn(place) {
  const fresh = unseen(state.me, place.id, place.messages);
  state.fresh[place.id] = fresh.length && hasSeen(state.me, place.id) ? fresh[0].id : null;
}

async function be(me) {
  stop();
  Object.assign(state, { me, view: null, editing: null, replyTo: null, most: SHOWN });
  await refresh();
  if (!state.view) return me ? be(null) : undefined; // an old address may name somebody who is not here
  stop = listen(state.me, { changed: refresh, lost: () => ($("lost").hidden = false), found: () => ($("lost").hidden = true) });
  scrolls.channel.toEnd();
  scrolls.thread.toEnd();
}

// --- moving about ----------------------------------------------------------------------------------------------------

// While the view of somebody else is fetched, the side still shows the places of the one before.
function go(channel) {
  if (!state.view) return;
  if (channel !== state.channel) noteFreshIn(state.view.channels.find((item) => item.id === channel));
  Object.assign(state, { channel, editing: null, most: SHOWN });
  if (threadNow() && threadNow().channel !== channel) state.thread = null;
  drawer(false);
  show();
  scrolls.channel.toEnd();
  boxes.channel.focus();
}

function openThread(id) {
  if (!state.view) return;
  const thread = state.view.threads.find((item) => item.id === id);
  noteFreshIn(thread);
  Object.assign(state, { thread: id, channel: thread.channel, replyTo: null });
  drawer(false);
  show();
  scrolls.thread.toEnd();
  boxes.thread.focus();
}

function closeThread() {
  const opener = state.thread;
  state.thread = null;
  show();
  (document.querySelector(`[data-focus="thread/${opener}"]`) ?? document.querySelector("#composer")).focus();
}

function drawer(open) {
  document.body.classList.toggle("drawer", open);
  $("menu").setAttribute("aria-expanded", String(open));
  if (open) $("side").querySelector("button")?.focus();
}

function type(text) {
  boxes.channel.setText(text, true);
  boxes.channel.focus();
}

function replyTo(message) {
  state.replyTo = message?.id ?? null;
  show();
  boxes.thread.focus();
}

// --- wiring ----------------------------------------------------------------------------------------------------------

const acts = { ...actions(state, refresh, show), openThread, reply: replyTo, earlier: () => ((state.most += SHOWN), show()) };
const scrolls = { channel: follow($("channel-scroll"), $("channel-jump")), thread: follow($("thread-scroll"), $("thread-jump")) };

function box(id, where) {
  const send = async (text, file) => {
    const why = await acts.send(text, where(), where().thread ? state.replyTo : null, file);
    if (!why && where().thread && state.replyTo) replyTo(null);
    return why;
  };
  return composer($(`${id}-composer`), { id: id === "channel" ? "composer" : "composer-thread", commands: () => state.view?.commands ?? [],
    send, run: (text) => acts.run(text, where()), stopReply: () => replyTo(null), sent: () => scrolls[id].toEnd() });
}

const boxes = {
  channel: box("channel", () => ({ channel: state.channel })),
  thread: box("thread", () => ({ channel: threadNow().channel, thread: state.thread })),
};

const time = clock($("clock"), async (body) => {
  const reply = await moveClock(body);
  if (reply.type === "failed") notice(reply.why);
  await refresh();
  return reply.type !== "failed";
});

const darkNow = () => (document.documentElement.dataset.theme ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";

function theme(dark) {
  document.documentElement.dataset.theme = dark ? "dark" : "light";
  $("theme").setAttribute("aria-pressed", String(dark));
  try {
    localStorage.setItem("theme", dark ? "dark" : "light");
  } catch {
    // Storage may be forbidden; then the choice lasts as long as the page.
  }
}

function wire() {
  for (const [id, sign] of [["menu", "menu"], ["theme", "moon"], ["help", "help"], ["thread-close", "close"]]) $(id).append(icon(sign));
  $("clock-play").append(icon("play"), icon("pause"));
  $("theme").setAttribute("aria-pressed", String(darkNow()));
  $("theme").addEventListener("click", () => theme(!darkNow()));
  $("who").addEventListener("change", () => be($("who").value));
  $("menu").addEventListener("click", () => drawer(!document.body.classList.contains("drawer")));
  $("veil").addEventListener("click", () => drawer(false));
  $("thread-close").addEventListener("click", closeThread);
  $("help").addEventListener("click", async (event) => {
    event.preventDefault();
    const why = await acts.run("help", { channel: state.channel });
    if (why) notice(why);
  });
  document.addEventListener("visibilitychange", show);
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.defaultPrevented || document.querySelector("dialog[open], :popover-open")) return;
    if (document.body.classList.contains("drawer")) return drawer(false), $("menu").focus();
    if (state.thread) closeThread();
  });
}

wire();
const start = new URLSearchParams(location.hash.slice(1));
Object.assign(state, { channel: start.get("channel"), thread: start.get("thread") });
await be(start.get("as"));
