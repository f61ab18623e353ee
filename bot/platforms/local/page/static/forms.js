// Forms of the bot as a dialog. What was typed stays until it was taken, whatever is wrong with it.

import { h, iconButton } from "./dom.js";
import { linked } from "./text.js";

const FEW = 4; // up to so many choices stand open; more become a list

/**
 * Opens a form. `submit(values)` gives a promise of { errors } or { why }, or of { taken }, which is called when the form
 * is closed; `closed(values)` hears when it was closed with something typed into it.
 */
export function openForm(form, { submit, closed, typed = {} }) {
  const fields = form.fields.map((field) => fieldOf({ ...field, value: typed[field.name] ?? field.value ?? "" }));
  const before = JSON.stringify(valuesOf(fields));
  const problem = h("p", { class: "problem", role: "alert", hidden: true });
  const send = h("button", { type: "submit", class: "primary" }, "Send");
  const cancel = h("button", { type: "button", class: "plain" }, "Cancel");
  const body = h("form", { class: "form", novalidate: true, autocomplete: "off" },
    form.intro && h("p", { class: "intro" }, linked(form.intro)), fields.map((field) => field.element), problem, h("div", { class: "form-end" }, cancel, send));
  const dialog = h("dialog", { "aria-labelledby": "form-title", "data-testid": "form", "data-form": form.id },
    h("header", {}, h("h2", { id: "form-title" }, form.title), iconButton("close", "Close the form", () => dialog.close())), body);
  cancel.addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => {
    dialog.remove();
    const values = valuesOf(fields);
    if (dialog.returnValue !== "sent" && JSON.stringify(values) !== before) closed(values);
  });
  body.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (send.getAttribute("aria-disabled")) return;
    send.setAttribute("aria-disabled", "true");
    const values = valuesOf(fields);
    const found = await submit(values);
    send.removeAttribute("aria-disabled");
    showProblems(fields, problem, found);
    if (!found.taken) return;
    dialog.close("sent"); // first, since closing moves the focus back
    await found.taken();
  });
  document.body.append(dialog);
  dialog.showModal();
  fields[0]?.focus();
}

const valuesOf = (fields) => Object.fromEntries(fields.map((field) => [field.name, field.value()]));

function showProblems(fields, problem, { errors = {}, why = "" }) {
  const known = new Set(fields.map((field) => field.name));
  const loose = Object.entries(errors).filter(([name]) => !known.has(name)).map(([, text]) => text);
  const words = [why, ...loose].filter(Boolean).join(" ");
  problem.hidden = !words;
  problem.textContent = words;
  for (const field of fields) field.complain(errors[field.name] ?? "");
  fields.find((field) => errors[field.name])?.focus();
}

function fieldOf(field) {
  const id = `field-${field.name}`;
  const control = { line, paragraph, number, choice, day }[field.type](field, id);
  const error = h("p", { id: `${id}-error`, class: "error", hidden: true });
  const hint = h("p", { id: `${id}-hint`, class: "hint", hidden: !field.hint }, field.hint || "");
  const count = field.max_length ? counter(field, control) : null;
  const label = [field.label, field.required === false && h("span", { class: "optional" }, " optional")];
  const named = control.group
    ? h("fieldset", { class: "field", "aria-describedby": `${id}-hint ${id}-error` }, h("legend", {}, label), hint, control.element, error)
    : h("div", { class: "field" }, h("div", { class: "label-line" }, h("label", { for: id }, label), count), hint, control.element, control.extra, error);
  for (const input of control.inputs) {
    if (!control.group) input.setAttribute("aria-describedby", `${id}-hint ${id}-error`);
    if (field.required !== false && !control.group) input.setAttribute("aria-required", "true");
  }
  const complain = (text) => {
    error.hidden = !text;
    error.textContent = text;
    for (const input of control.inputs) input.setAttribute("aria-invalid", String(Boolean(text)));
  };
  return { name: field.name, element: named, value: control.value, complain, focus: () => control.inputs[0].focus() };
}

function counter(field, control) {
  const count = h("span", { class: "count-text" });
  const show = () => {
    const length = [...control.value()].length;
    const near = field.type === "paragraph" || length > Math.max(field.max_length * 0.8, 40) || length > field.max_length;
    count.textContent = near ? `${length.toLocaleString("en")} / ${field.max_length.toLocaleString("en")}` : "";
    count.classList.toggle("over", length > field.max_length);
  };
  control.element.addEventListener("input", show);
  show();
  return count;
}

const single = (element, extra) => ({ element, extra, inputs: [element], value: () => element.value });

function line(field, id) {
  const known = field.suggestions?.length ? h("datalist", { id: `${id}-known` }, field.suggestions.map((word) => h("option", { value: word }))) : null;
  return single(h("input", { type: "text", id, value: field.value, list: known && `${id}-known` }), known);
}

const paragraph = (field, id) =>
  single(h("textarea", { id, rows: field.code ? "10" : "5", class: field.code ? "code-input" : "", spellcheck: field.code ? "false" : null, value: field.value }));
// People write 3/4 and 75 % as well, so the browser must not insist on a number.
const number = (field, id) => single(h("input", { type: "text", id, inputmode: "decimal", class: "short", value: field.value }));
const day = (field, id) => single(h("input", { type: "date", id, class: "short", value: field.value }));

function choice(field, id) {
  if (!field.many && field.options.length > FEW) return list(field, id);
  const chosen = field.value.split(" ");
  const inputs = field.options.map(([value]) =>
    h("input", { type: field.many ? "checkbox" : "radio", name: id, value, checked: field.many ? chosen.includes(value) : field.value === value }));
  const element = h("div", { class: "choices" }, field.options.map(([, label], place) => h("label", {}, inputs[place], h("span", {}, label))));
  return { element, inputs, group: true, value: () => inputs.filter((input) => input.checked).map((input) => input.value).join(" ") };
}

function list(field, id) {
  const none = field.required === false || !field.value;
  const select = h("select", { id }, none && h("option", { value: "" }, "Choose…"), field.options.map(([value, label]) => h("option", { value }, label)));
  select.value = field.value;
  return single(select);
}
