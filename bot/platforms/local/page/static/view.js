// The view of the server, put together as the page shows it.

/** Puts the messages into their channels and threads; a private conversation is named after the bot. */
export function arranged(view) {
  const bot = view.people.find((person) => person.bot);
  const at = (channel, thread) => view.messages.filter((message) => message.channel === channel && message.thread === thread);
  return {
    ...view,
    channels: view.channels.map((channel) => ({
      ...channel, name: channel.kind === "direct" ? bot.name : channel.name, messages: at(channel.id, null) })),
    threads: view.threads.map((thread) => ({ ...thread, messages: at(thread.channel, thread.id) })),
  };
}

/** What is new since the view before, by others, in the places that are open. */
export function arrivals(before, after, open) {
  const known = new Set(before.messages.map((message) => message.id));
  return after.messages.filter((message) => !known.has(message.id) && message.author !== after.me.id && open.includes(message.thread ?? message.channel));
}

/** Finds somebody; who left is still named. */
export const personIn = (view) => (id) => view.people.find((person) => person.id === id) ?? { id, name: "Somebody who left" };
