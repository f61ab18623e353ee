// What members wrote, and the runs of the bot's sentences, as nodes.

import { h } from "./dom.js";
import { moment } from "./times.js";

const LINK = /https?:\/\/[^\s<>"]+[^\s<>".,;:!?)\]]/gu;
const INLINE = /(`[^`\n]+`|\*\*[^*\n]+\*\*|\*[^*\s][^*\n]*\*)/u;

/** Splits text at its web addresses, which become links. */
export function linked(text) {
  const nodes = [];
  let from = 0;
  for (const found of text.matchAll(LINK)) {
    nodes.push(text.slice(from, found.index));
    nodes.push(h("a", { href: found[0], target: "_blank", rel: "noopener noreferrer" }, found[0]));
    from = found.index + found[0].length;
  }
  return [...nodes, text.slice(from)].filter((node) => node !== "");
}

function inline(text) {
  return text.split(INLINE).map((part, place) => {
    if (place % 2 === 0) return linked(part);
    if (part.startsWith("`")) return h("code", {}, part.slice(1, -1));
    return part.startsWith("**") ? h("strong", {}, part.slice(2, -2)) : h("em", {}, part.slice(1, -1));
  });
}

/** Makes a block of code with a button that copies it. */
export function codeBlock(text, language) {
  const name = language ? `Code, ${language}` : "Code";
  const copy = h("button", { type: "button", class: "quiet slim" }, "Copy");
  copy.addEventListener("click", async () => {
    await navigator.clipboard.writeText(text).then(() => (copy.textContent = "Copied"), () => (copy.textContent = "Not allowed"));
    setTimeout(() => (copy.textContent = "Copy"), 1600);
  });
  return h("figure", { class: "code" },
    h("figcaption", {}, h("span", {}, language || "text"), copy),
    h("pre", { tabindex: "0", role: "region", "aria-label": name }, h("code", {}, text)));
}

/** Makes a member's message: fenced code, `code`, **bold**, *italic* and links; everything else as it stands. */
export function memberText(text) {
  return text.split(/(```[\s\S]*?(?:```|$))/u).flatMap((part, place) => {
    if (place % 2 === 0) return part.trim() ? [h("p", { class: "said" }, inline(part.replace(/^\n+|\n+$/gu, "")))] : [];
    const [, language, code] = /^```([\w+-]*)\n?([\s\S]*?)\n?(?:```)?$/u.exec(part);
    return [codeBlock(code, language)];
  });
}

/** Makes the runs of a sentence; `look` knows the people and the reader's zone. */
export function runs(items, look) {
  return items.map((run) => {
    if (run.mention !== undefined) {
      const mine = run.mention === look.me.id;
      return h("bdi", { class: mine ? "mention mine" : "mention" }, `@${look.person(run.mention).name}`);
    }
    if (run.role !== undefined) return h("span", { class: "mention" }, `@${run.role}`);
    // A channel that the reader is not in is not in their view.
    if (run.channel !== undefined) return h("span", { class: "mention" }, `#${look.channel(run.channel)?.name ?? "a channel"}`);
    if (run.at !== undefined) {
      const title = `${moment(run.at, "UTC")} UTC`;
      return h("time", { datetime: run.at, title }, moment(run.at, look.me.zone || run.zone));
    }
    let node = run.code ? h("code", {}, run.text) : linked(run.text);
    if (run.italic) node = h("em", {}, node);
    return run.bold ? h("strong", {}, node) : node;
  });
}
