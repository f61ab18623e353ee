// Points in time as people read them; every zone is a name, every value an ISO string in UTC.

const made = new Map();

function format(zone, options) {
  const key = `${zone}|${JSON.stringify(options)}`;
  if (!made.has(key)) {
    try {
      made.set(key, new Intl.DateTimeFormat("en-GB", { timeZone: zone, ...options }));
    } catch {
      // A zone that this browser does not know yet: UTC is right everywhere.
      made.set(key, new Intl.DateTimeFormat("en-GB", { timeZone: "UTC", ...options }));
    }
  }
  return made.get(key);
}

const HOUR = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };

/** 09:00 */
export const clockTime = (iso, zone) => format(zone, HOUR).format(new Date(iso));

/** Monday, 23 November */
export const longDay = (iso, zone) =>
  format(zone, { weekday: "long", day: "numeric", month: "long" }).format(new Date(iso)).replace(/^(\w+) /u, "$1, ");

/** Mon 23 Nov */
export const shortDay = (iso, zone) =>
  format(zone, { weekday: "short", day: "numeric", month: "short" }).format(new Date(iso)).replace(",", "");

/** Mon 23 Nov, 09:00 */
export const moment = (iso, zone) => `${shortDay(iso, zone)}, ${clockTime(iso, zone)}`;

/** 2026-11-23, for comparing and for counting days */
export const isoDay = (iso, zone) =>
  format(zone, { year: "numeric", month: "2-digit", day: "2-digit" }).format(new Date(iso)).split("/").reverse().join("-");

/** The wall-clock time of the next Monday at nine in a zone, with no offset: the server knows the zone's. */
export function nextMonday(iso, zone) {
  const day = new Date(`${isoDay(iso, zone)}T00:00:00Z`);
  const early = day.getUTCDay() === 1 && clockTime(iso, zone) < "09:00";
  const ahead = early ? 0 : ((8 - day.getUTCDay()) % 7 || 7);
  day.setUTCDate(day.getUTCDate() + ahead);
  return `${day.toISOString().slice(0, 10)}T09:00`;
}
