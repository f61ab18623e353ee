// The box one writes in: a message, or a command after a slash, which it helps to complete.

import { h, icon, iconButton } from "./dom.js";
import { upload } from "./upload.js";

const LINES = 8;
const WARN = 3600; // the count is shown from here on
const MOST = 4000; // what a message may have; the world refuses more

/**
 * Makes a composer in `root`. `send(text, file)` and `run(text)` give a promise of whether it was taken; what was not taken
 * stays in the box. `commands()` is the list of { name, help, admin, options }.
 */
export function composer(root, { id, commands, send, run, stopReply, sent }) {
  const box = h("textarea", { id, rows: "1", role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": `${id}-list`, autocomplete: "off" });
  const list = h("ul", { id: `${id}-list`, class: "completion", role: "listbox", "aria-label": "Commands", hidden: true });
  const count = h("span", { class: "count-text", "aria-live": "polite" });
  const problem = h("p", { class: "problem", role: "alert", hidden: true });
  const answering = h("div", { class: "answering", hidden: true });
  const added = upload((why) => (complain(part, why), box.focus()));
  const button = h("button", { type: "submit", class: "primary send", "aria-label": "Send", title: "Send (Enter)" }, icon("send"));
  const form = h("form", { class: "composer", autocomplete: "off" }, list, answering, added.chosen, problem,
    h("div", { class: "composer-box" }, added.button, added.input, box, count, button));
  const part = { box, list, count, problem, answering, at: -1, found: [], past: [], busy: false };
  root.replaceChildren(form);

  const submit = async () => {
    const text = box.value;
    const file = added.file();
    if (part.busy || (!text.trim() && !file)) return;
    part.busy = true;
    form.setAttribute("aria-busy", "true");
    close(part);
    const why = await (isCommand(text) ? run(text.trim().slice(1)) : send(text, file));
    part.busy = false;
    form.removeAttribute("aria-busy");
    complain(part, why);
    if (why || box.value !== text) return;
    if (text) part.past.push(text);
    if (!isCommand(text)) added.clear();
    setText("");
    if (!isCommand(text)) sent();
  };
  const setText = (text) => {
    box.value = text;
    box.setSelectionRange(text.length, text.length);
    grow(part);
  };
  form.addEventListener("submit", (event) => (event.preventDefault(), submit()));
  box.addEventListener("input", () => (complain(part, ""), grow(part), suggest(part, commands(), pick)));
  box.addEventListener("blur", () => close(part));
  const pick = (name) => {
    setText(`/${name} `);
    close(part);
    box.focus();
  };
  box.addEventListener("keydown", (event) => onKey(event, part, { pick, submit, setText, stopReply }));
  return {
    focus: () => box.focus(),
    text: () => box.value,
    setText: (text, open) => (setText(text), open && suggest(part, commands(), pick)),
    label: (text) => (box.setAttribute("aria-label", text), box.setAttribute("placeholder", text)),
    showReply: (name) => showReply(part, name, stopReply),
  };
}

const isCommand = (text) => /^\s*\/[a-z]/iu.test(text);

function showReply({ answering }, name, stopReply) {
  answering.hidden = !name;
  answering.replaceChildren(...(name ? [icon("reply"), h("span", {}, "Replying to ", h("strong", {}, name)), iconButton("close", "Do not reply to this message", stopReply)] : []));
}

function complain({ problem, box }, why) {
  problem.hidden = !why;
  problem.textContent = why || "";
  box.setAttribute("aria-invalid", String(Boolean(why)));
}

function grow({ box, count }) {
  box.rows = Math.min(LINES, box.value.slice(0, 2000).split("\n").length);
  const length = [...box.value].length;
  count.textContent = length >= WARN ? `${length.toLocaleString("en")} / ${MOST.toLocaleString("en")}` : "";
  count.classList.toggle("over", length > MOST);
}

function suggest(part, commands, pick) {
  const typed = /^\/([a-z][a-z -]*)?$/iu.exec(part.box.value);
  if (!typed) return close(part);
  const start = (typed[1] ?? "").toLowerCase();
  const first = commands.filter((command) => command.name.startsWith(start));
  const inside = commands.filter((command) => start && !command.name.startsWith(start) && command.name.includes(start));
  part.found = [...first, ...inside];
  if (!part.found.length || start.trimEnd() !== start) return close(part);
  part.list.replaceChildren(...part.found.map((command, place) => {
    const line = h("li", { id: `${part.list.id}-${place}`, role: "option", "aria-selected": "false" },
      h("span", { class: "command" }, `/${command.name}`, h("span", { class: "options" }, optionsOf(command))),
      h("span", { class: "hint" }, command.help), command.admin && h("span", { class: "badge" }, "organisers"));
    // pressing must not take the focus away from the box
    line.addEventListener("mousedown", (event) => (event.preventDefault(), pick(command.name)));
    return line;
  }));
  part.list.hidden = false;
  part.box.setAttribute("aria-expanded", "true");
  select(part, 0);
}

const optionsOf = ({ options = [] }) => options.map((option) => (option.required ? ` ${option.name}` : ` [${option.name}]`)).join("");

function select(part, at) {
  part.at = (at + part.found.length) % part.found.length;
  [...part.list.children].forEach((line, place) => line.setAttribute("aria-selected", String(place === part.at)));
  part.list.children[part.at].scrollIntoView({ block: "nearest" });
  part.box.setAttribute("aria-activedescendant", part.list.children[part.at].id);
}

function close(part) {
  part.list.hidden = true;
  part.at = -1;
  part.box.setAttribute("aria-expanded", "false");
  part.box.removeAttribute("aria-activedescendant");
}

function onKey(event, part, { pick, submit, setText, stopReply }) {
  if (event.isComposing) return;
  const open = !part.list.hidden;
  const does = {
    ArrowDown: () => open && (select(part, part.at + 1), true),
    ArrowUp: () => (open ? (select(part, part.at - 1), true) : recall(part, setText)),
    Tab: () => open && !event.shiftKey && (pick(part.found[part.at].name), true),
    Escape: () => (open ? (close(part), true) : !part.answering.hidden && (stopReply(), true)),
    Enter: () => !event.shiftKey && (enter(part, open, pick, submit), true),
  }[event.key];
  if (!does?.()) return;
  event.preventDefault();
  event.stopPropagation();
}

// Enter completes what is half typed; a command that stands there whole is run.
function enter(part, open, pick, submit) {
  const whole = open && part.found[part.at].name === part.box.value.slice(1).toLowerCase();
  if (open && !whole) pick(part.found[part.at].name);
  else submit();
}

function recall(part, setText) {
  if (part.box.value || !part.past.length) return false;
  setText(part.past.at(-1));
  return true;
}
