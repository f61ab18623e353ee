// A list that stays at its end while new messages arrive, unless one has scrolled up to read.

const NEAR = 80; // pixels from the end that still count as being there

/** Follows the end of `area`; `jump` is the button that goes there, shown when something new is out of sight. */
export function follow(area, jump) {
  const atEnd = () => area.scrollHeight - area.scrollTop - area.clientHeight < NEAR;
  const toEnd = () => {
    area.scrollTop = area.scrollHeight;
    jump.hidden = true;
  };
  let staying = true;
  let top = 0;
  area.addEventListener("scroll", () => {
    if (!area.clientHeight) return; // out of sight, which scrolls it to nowhere
    // Only going up leaves the end: a list that grows below has not been left.
    if (atEnd() || area.scrollTop < top) staying = atEnd();
    if (staying) jump.hidden = true;
    top = area.scrollTop;
  }, { passive: true });
  jump.addEventListener("click", () => ((staying = true), toEnd()));
  // Pictures have no size until they are there, so what is inside is watched as well.
  const sizes = new ResizeObserver(() => staying && toEnd());
  for (const part of [area, ...area.children]) sizes.observe(part);
  return {
    toEnd: () => ((staying = true), toEnd()),
    around(change) {
      const height = area.scrollHeight;
      const stay = staying;
      change();
      if (stay) toEnd();
      else jump.hidden = !(area.scrollHeight > height) && jump.hidden;
    },
  };
}
