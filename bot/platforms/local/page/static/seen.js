// What each member has read, kept for this tab only.

const read = (key) => {
  try {
    return sessionStorage.getItem(key);
  } catch {
    return memory.get(key) ?? null;
  }
};
const memory = new Map();

/** Notes that this member has read everything in a place. */
export function markSeen(me, place, messages) {
  if (!messages.length) return;
  try {
    sessionStorage.setItem(`seen ${me} ${place}`, messages.at(-1).id);
  } catch {
    memory.set(`seen ${me} ${place}`, messages.at(-1).id);
  }
}

/** Tells whether this member has ever been in a place. */
export const hasSeen = (me, place) => read(`seen ${me} ${place}`) !== null;

/** The messages of others that this member has not read yet. */
export function unseen(me, place, messages) {
  const last = messages.findIndex((message) => message.id === read(`seen ${me} ${place}`));
  return messages.slice(last + 1).filter((message) => message.author !== me);
}
