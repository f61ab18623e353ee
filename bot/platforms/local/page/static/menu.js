// The menu behind the dots of a message: one on the whole page, opened where it is wanted.

import { h } from "./dom.js";

const menu = h("div", { class: "menu", popover: "auto", role: "menu" });

/** Opens a menu at a button; items are { label, act, danger }. Arrow keys move, Escape closes and goes back. */
export function openMenu(anchor, label, items) {
  if (!menu.isConnected) document.body.append(menu);
  menu.setAttribute("aria-label", label);
  menu.replaceChildren(...items.map((item) => line(anchor, item)));
  menu.showPopover({ source: anchor });
  place(anchor.getBoundingClientRect());
  menu.firstElementChild.focus();
}

function line(anchor, { label, act, danger }) {
  const choose = () => {
    menu.hidePopover();
    anchor.focus();
    act();
  };
  return h("button", { type: "button", role: "menuitem", tabindex: "-1", class: danger ? "danger-text" : "", onclick: choose }, label);
}

function place(at) {
  const left = Math.max(8, Math.min(at.right - menu.offsetWidth, innerWidth - menu.offsetWidth - 8));
  const below = at.bottom + 4 + menu.offsetHeight < innerHeight - 8;
  menu.style.left = `${left}px`;
  menu.style.top = `${below ? at.bottom + 4 : Math.max(8, at.top - menu.offsetHeight - 4)}px`;
}

menu.addEventListener("keydown", (event) => {
  const items = [...menu.children];
  const at = items.indexOf(document.activeElement);
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 }[event.key];
  if (event.key === "Tab") menu.hidePopover();
  if (to === undefined) return;
  event.preventDefault();
  items[(to + items.length) % items.length].focus();
});
