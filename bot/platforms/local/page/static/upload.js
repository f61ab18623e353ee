// A file that goes with a message: chosen, looked at before it is sent, and taken away again.

import { h, icon, iconButton } from "./dom.js";

const ENDINGS = [".py", ".sql", ".txt"];
const LARGEST = 65536; // bytes; the server refuses more too
const WANTED = `Wanted a file that ends with ${ENDINGS.slice(0, -1).join(", ")} or ${ENDINGS.at(-1)}`;

/** Makes the button and the line of a chosen file; `changed(why)` hears of each choice, and why it was refused. */
export function upload(changed) {
  const chosen = h("div", { class: "answering", hidden: true });
  const input = h("input", { type: "file", accept: ENDINGS.join(","), hidden: true, "aria-label": "A file with a program", "data-testid": "file" });
  const button = iconButton("attach", "Send a file: a program", () => input.click());
  let file = null;
  const show = (taken) => {
    file = taken;
    chosen.hidden = !file;
    chosen.replaceChildren(...(file ? [icon("file"), h("span", {}, "With ", h("strong", {}, file.name)), iconButton("close", `Do not send ${file.name}`, () => show(null))] : []));
  };
  input.addEventListener("change", async () => {
    const [given] = input.files;
    input.value = ""; // so that the same file can be chosen again
    if (!given) return;
    const why = refusal(given);
    show(why ? null : { name: given.name, text: await given.text() });
    changed(why);
  });
  return { button, chosen, input, file: () => file, clear: () => show(null) };
}

function refusal({ name, size }) {
  if (!ENDINGS.some((ending) => name.toLowerCase().endsWith(ending))) return `${WANTED}; got ${name}.`;
  if (!size) return `${WANTED}, with something in it; ${name} is empty.`;
  if (size > LARGEST) return `A file has at most 64 KB; ${name} has ${Math.ceil(size / 1024).toLocaleString("en")} KB.`;
  return "";
}
