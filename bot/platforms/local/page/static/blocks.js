// The blocks of the bot's messages, one function a type.

import { h, icon } from "./dom.js";
import { codeBlock, linked, runs } from "./text.js";

/**
 * Makes the blocks of a message. `look` has `me`, `person(id)`, and `acts`: what pressing and choosing do, as
 * `press(buttonId)` and `choose(selectId, values)`. `id` tells controls of different messages apart.
 */
export function blocks(list, look, id, acts) {
  return list.map((block, place) => MAKERS[block.type]?.(block, look, `${id}.${place}`, acts) ?? null);
}

/** The words of a message on one line: for previews and for what is read aloud. */
export function summary(message, look) {
  if (message.text !== undefined) return message.text.replace(/```[\w+-]*|\s+/gu, " ").trim();
  return message.blocks.map((block) => block.text ?? block.alt ?? (block.runs ? plain(block.runs, look) : "")).filter(Boolean).join(" · ");
}

function plain(items, look) {
  return runs(items, look).flat().map((node) => (typeof node === "string" ? node : node.textContent)).join("");
}

const fileOf = (block, look) => `/api/file/${block.file}?as=${look.me.id}`;

const MAKERS = {
  heading: (block) => h("h3", { class: "heading" }, block.text),
  paragraph: (block, look) => h("p", { class: "said" }, runs(block.runs, look)),
  list: (block, look) => h("ul", { class: "bullets" }, block.items.map((item) => h("li", {}, runs(item, look)))),
  code: (block) => codeBlock(block.text, block.language),
  quote: (block) => h("blockquote", {}, linked(block.text)),
  facts: (block) => h("dl", { class: areShort(block.rows) ? "facts short" : "facts" }, block.rows.map(([label, value]) => h("div", {}, h("dt", {}, label), h("dd", {}, linked(value))))),
  picture: (block, look) =>
    h("a", { class: "picture", href: fileOf(block, look), target: "_blank" }, h("img", { src: fileOf(block, look), alt: block.alt })),
  file: (block, look) =>
    h("a", { class: "file", href: fileOf(block, look), download: block.name }, icon("file"),
      h("span", {}, h("span", { class: "file-name" }, block.name), h("span", { class: "hint" }, `Download · ${block.media_type.split(";")[0]}`))),
  divider: () => h("hr"),
  buttons: (block, look, id, acts) => h("div", { class: "buttons" }, block.buttons.map((button) => pressable(button, id, acts))),
  select: (block, look, id, acts) => (block.at_most > 1 ? several(block, id, acts) : one(block, id, acts)),
};

// A few short facts stand side by side; anything longer is a table.
const areShort = (rows) => rows.length <= 4 && rows.every(([label, value]) => label.length <= 16 && value.length <= 24);

/** Runs what a control does and marks it busy until that is done; a second press meanwhile does nothing. */
async function once(control, act) {
  if (control.getAttribute("aria-disabled") === "true") return;
  control.setAttribute("aria-disabled", "true");
  await act();
  control.removeAttribute("aria-disabled");
}

function pressable(button, id, acts) {
  const control = h("button", { type: "button", class: button.style, "data-focus": `${id}/${button.id}`, "data-action": button.id }, button.label);
  control.addEventListener("click", () => once(control, () => acts.press(button.id)));
  return control;
}

// A list is sent with its own button: on some systems the arrow keys change a closed list, which must not answer yet.
function one(block, id, acts) {
  const label = block.placeholder || "Choose";
  const list = h("select", { "aria-label": label, "data-focus": `${id}/list` }, h("option", { value: "" }, label),
    block.options.map((option) => h("option", { value: option.value }, option.label)));
  const send = h("button", { type: "button", class: "plain", "data-focus": `${id}/send`, "aria-disabled": "true" }, "Choose");
  list.addEventListener("change", () => (list.value ? send.removeAttribute("aria-disabled") : send.setAttribute("aria-disabled", "true")));
  send.addEventListener("click", () => list.value && once(send, () => acts.choose(block.id, [list.value])));
  return h("div", { class: "select", "data-action": block.id }, list, send);
}

function several(block, id, acts) {
  const boxes = block.options.map((option, place) => h("input", { type: "checkbox", value: option.value, "data-focus": `${id}/${place}` }));
  const chosen = () => boxes.filter((box) => box.checked).map((box) => box.value);
  const fits = () => chosen().length >= block.at_least && chosen().length <= block.at_most;
  const send = h("button", { type: "button", class: "plain", "data-focus": `${id}/send`, "aria-disabled": fits() ? null : "true" }, "Send choice");
  send.addEventListener("click", () => fits() && once(send, () => acts.choose(block.id, chosen())));
  const set = h("fieldset", { class: "several", "data-action": block.id },
    h("legend", {}, block.placeholder || "Choose"),
    block.options.map((option, place) => h("label", {}, boxes[place], h("span", {}, option.label))),
    h("div", { class: "several-send" }, send, h("span", { class: "hint" }, howMany(block))));
  set.addEventListener("change", () => (fits() ? send.removeAttribute("aria-disabled") : send.setAttribute("aria-disabled", "true")));
  return set;
}

function howMany({ at_least: least, at_most: most, options }) {
  if (most >= options.length) return least > 1 ? `At least ${least}` : "As many as apply";
  return least === most ? `Exactly ${most}` : `${least} to ${most}`;
}
