// The way to the server. Nothing here throws: what goes wrong comes back as { type: "failed", why }.

const MOST_BYTES = 256 * 1024;

async function ask(path, options) {
  try {
    const response = await fetch(path, options);
    const body = await response.json();
    return response.ok ? body : { type: "failed", why: body.error ?? `The server answered ${response.status}.` };
  } catch {
    return { type: "failed", why: "The demo cannot be reached. Is it still running?" };
  }
}

function post(path, body) {
  const text = JSON.stringify(body);
  // Checked here as well as on the server, so that nothing is sent for nothing.
  if (new Blob([text]).size > MOST_BYTES) return { type: "failed", why: "That is too long: at most 256 KB fit into one request." };
  return ask(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: text });
}

export const fetchView = (me) => ask(`/api/view?as=${encodeURIComponent(me ?? "")}`);
export const act = (me, verb, body) => post("/api/do", { as: me, verb, ...body });
export const moveClock = (body) => post("/api/clock", body);

/** Listens for changes as this member; gives back what stops it. The browser reconnects by itself. */
export function listen(me, { changed, lost, found }) {
  const stream = new EventSource(`/api/stream?as=${encodeURIComponent(me)}`);
  stream.addEventListener("changed", changed);
  stream.addEventListener("open", found);
  stream.addEventListener("error", lost);
  return () => stream.close();
}

/** Makes a function that runs `work` now, and once more where it was called meanwhile: never two at a time. */
export function coalesced(work) {
  let running = null;
  let again = false;
  const loop = async () => {
    do {
      again = false;
      await work();
    } while (again);
    running = null;
  };
  return () => {
    if (running) again = true;
    else running = loop();
    return running;
  };
}
