// What members do, and what becomes of the bot's answers: messages only they see, forms, problems.

import { act } from "./api.js";
import { openForm } from "./forms.js";
import { notice } from "./notices.js";

const FAILED = "That did not work. Please try again.";

/** Makes the acts of this page over its state; `refresh()` fetches the view again and shows it. */
export function actions(state, refresh, show) {
  /** Does one thing and gives back why it was refused, or an empty string. `where` is { channel, thread, message }. */
  async function perform(verb, body, where) {
    const me = state.me;
    const reply = await act(me, verb, body);
    if (me !== state.me) return "";
    if (reply.type === "failed") return reply.why ?? reply.text ?? FAILED;
    if (reply.type === "problems") return Object.values(reply.errors).join(" ");
    await take(reply, where);
    return "";
  }

  async function take(reply, where, sent) {
    if (reply.type === "form") ask(reply.form, where);
    if (reply.type === "message" && reply.id) {
      state.reveal = reply.id;
      if (where.message && reply.private) state.anchors.set(reply.id, where.message);
      if (sent) state.sent.set(reply.id, sent);
    }
    await refresh();
  }

  const told = async (...given) => {
    const why = await perform(...given);
    if (why) notice(why);
  };

  function ask(form, where, typed) {
    const me = state.me;
    const submit = async (values) => {
      const reply = await act(me, "submit", { form: form.id, values, channel: where.channel, thread: where.thread ?? null });
      if (reply.type === "problems") return { errors: reply.errors };
      if (reply.type === "failed") return { why: reply.why ?? reply.text ?? FAILED };
      return { taken: () => take(reply, where, () => ask(form, where, values)) };
    };
    const closed = (values) => notice("The form is closed, and nothing was sent.", { label: "Open it again", act: () => ask(form, where, values) });
    openForm(form, { submit, closed, typed });
  }

  const at = (message) => ({ channel: message.channel, thread: message.thread, message: message.id });
  const place = (where) => ({ channel: where.channel, thread: where.thread ?? null });
  return {
    send: (text, where, replyTo, file) => perform("say", { text, ...place(where), reply_to: replyTo ?? null, file: file ?? null }, where),
    run: (text, where) => perform("run", { text, ...place(where) }, where),
    press: (message, button) => told("press", { message: message.id, button }, at(message)),
    choose: (message, select, values) => told("choose", { message: message.id, select, values }, at(message)),
    shortcut: (message) => told("shortcut", { shortcut: "count-as-answer", message: message.id }, at(message)),
    remove: (message) => told("delete", { message: message.id }, at(message)),
    async save(message, text) {
      const why = text.trim() ? await perform("edit", { message: message.id, text }, at(message)) : "A message cannot be empty; delete it instead.";
      if (why) return notice(why);
      state.editing = null;
      return show();
    },
    edit: (message) => ((state.editing = message?.id ?? null), show()),
    dismiss: (message) => (state.dismissed.add(message.id), show()),
    reopen: (message) => state.sent.get(message.id)(),
  };
}
