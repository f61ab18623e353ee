// What stands where nothing was said yet: how to begin.

import { h } from "./dom.js";

/** Makes the friendly words of an empty place; `type` puts a command into the box, `be` makes one somebody else. */
export function emptyChannel(channel, view, { type, be }) {
  if (channel.kind === "direct") return card("Just you and the bot", "Ask it anything it knows: reminders and private results arrive here as well.", tryIt("/help", type));
  if (view.messages.some((message) => message.author === "bot" && !message.only_for)) return card(`Nothing in #${channel.name} yet`, "Say hello, or type / to see what the bot can do.");
  if (view.me.manager) return card("Welcome to your study group", "Questions, answers and boards begin with one command. Set the time zone, the hour and the weekdays, and the first question is on its way.", tryIt("/setup", type));
  const organiser = view.people.find((person) => person.manager);
  const switching = organiser && h("button", { type: "button", class: "primary", onclick: () => be(organiser.id) }, `Be ${organiser.name}`);
  return card("Not set up yet", organiser ? `${organiser.name} organises this group and can begin with /setup.` : "An organiser can begin with /setup.", switching);
}

const tryIt = (command, type) => h("button", { type: "button", class: "primary", onclick: () => type(command) }, `Type ${command}`);

function card(title, words, ...more) {
  return h("div", { class: "empty", "data-testid": "empty" }, h("img", { src: "/static/icon.svg", width: "56", height: "56", alt: "" }), h("h2", {}, title), h("p", {}, words), more);
}
