// Making elements. Whatever comes from people only ever becomes a text node or an attribute, never markup.

const SVG = "http://www.w3.org/2000/svg";

const ICONS = {
  more: "M5 12h.01M12 12h.01M19 12h.01",
  reply: "M9 7 4 12l5 5M4 12h10a6 6 0 0 1 6 6v1",
  close: "M6 6l12 12M18 6 6 18",
  menu: "M4 7h16M4 12h16M4 17h16",
  send: "M5 12h13M12 5l7 7-7 7",
  thread: "M5 5h14a1 1 0 0 1 1 1v9a1 1 0 0 1-1 1h-8l-4.5 3.5V16H5a1 1 0 0 1-1-1V6a1 1 0 0 1 1-1zM8 9h8M8 12h5",
  eye: "M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12zM12 9.5a2.5 2.5 0 1 1 0 5 2.5 2.5 0 0 1 0-5z",
  file: "M7 3h7l4 4v13a1 1 0 0 1-1 1H7a1 1 0 0 1-1-1V4a1 1 0 0 1 1-1zM14 3v4h4",
  attach: "M8 12.5l6.3-6.3a3 3 0 0 1 4.2 4.2l-8.4 8.4a5 5 0 0 1-7.1-7.1l8-8",
  play: "M8 5.5v13l10.5-6.5z",
  pause: "M8.5 6v12M15.5 6v12",
  moon: "M20 14.5A8 8 0 0 1 9.5 4a8 8 0 1 0 10.5 10.5z",
  copy: "M9 9h10v11H9zM15 9V5H5v11h4",
  down: "M12 5v14M6 13l6 6 6-6",
  help: "M9.2 9.2a2.9 2.9 0 1 1 4.3 2.5c-1 .600-1.5 1.2-1.5 2.3M12 17.5h.01",
};

/** Makes an element: h("p", { class: "hint", onclick }, "text", child). Children that are null or false are left out. */
export function h(tag, props = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "value" || name === "checked" || name === "selected") element[name] = value;
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** Makes a line icon; it says nothing to a screen reader, so its button needs a name. */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", `icon icon-${name}`);
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  return svg;
}

/** Makes a button that shows an icon only and has a name all the same. */
export function iconButton(name, label, onclick, props = {}) {
  return h("button", { type: "button", class: "icon-button", "aria-label": label, title: label, onclick, ...props }, icon(name));
}

function hueOf(id) {
  let sum = 7;
  for (const letter of id) sum = (sum * 31 + letter.codePointAt(0)) % 100003;
  return sum % 10;
}

function initials(name) {
  const words = name.trim().split(/\s+/u);
  const letters = words.length > 1 ? [words[0], words.at(-1)].map((word) => [...word][0]) : [...words[0]].slice(0, 2);
  return letters.join("").toUpperCase();
}

/** Makes somebody's picture: initials on a colour that is always the same for them; the bot has its own mark. */
export function avatar(person, size = "") {
  const look = `avatar ${size}`;
  if (person.id === "bot") return h("img", { class: look, src: "/static/icon.svg", alt: "", "aria-hidden": "true" });
  return h("span", { class: `${look} hue-${hueOf(person.id)}`, "aria-hidden": "true" }, initials(person.name));
}

const kept = new WeakMap();

/**
 * Makes `parent` hold exactly these items, each { key, print, make }. An element whose print is unchanged is not touched,
 * so that focus, selection and half-typed words in it stay; a replaced one passes its focus on by `data-focus`.
 */
export function keep(parent, items) {
  const before = kept.get(parent) ?? new Map();
  const after = new Map();
  const focus = parent.contains(document.activeElement) ? document.activeElement.dataset.focus : undefined;
  for (const { key, print, make } of items) {
    const old = before.get(key);
    after.set(key, old?.print === print ? old : { print, element: make() });
  }
  const wanted = [...after.values()].map((item) => item.element);
  for (const child of [...parent.children]) if (!wanted.includes(child)) child.remove();
  wanted.forEach((element, place) => {
    if (parent.children[place] !== element) parent.insertBefore(element, parent.children[place] ?? null);
  });
  kept.set(parent, after);
  if (focus && !parent.contains(document.activeElement)) parent.querySelector(`[data-focus="${CSS.escape(focus)}"]`)?.focus();
}
