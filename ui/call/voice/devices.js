// Which microphone and which loudspeaker were chosen in this browser, by id and by name: browsers
// give a device another id when the site's data was cleared, and some with every visit.

/** The id of whatever the system offers; where a browser has no such entry, no id stands for it. */
export const SYSTEM = "default";
const LINGER = 10000; // ms for which the page says that a device is back
const KEY = "rehearsal-devices";

/** The chosen device of that kind, "audioinput" or "audiooutput": {id, label, group}, or null. */
export function chosenDevice(kind) {
  const wish = readAll()[kind];
  return typeof wish?.id === "string" && typeof wish.label === "string" ? wish : null;
}

/** Keeps it for the next call in this browser; null gives the choice back to the system. */
export function keepDevice(kind, device) {
  try {
    localStorage.setItem(KEY, JSON.stringify({ ...readAll(), [kind]: device ?? undefined }));
  } catch {
    // a browser that keeps nothing: it holds for this page
  }
}

/** A chosen device that was away is used again. */
export function tellReturned(tell, { label }) {
  tell("returned", { label });
  setTimeout(() => tell("returned", { label: "" }), LINGER);
}

function readAll() {
  try {
    return JSON.parse(localStorage.getItem(KEY)) ?? {};
  } catch {
    return {};
  }
}

/** All devices of that kind that have an id: [{id, label, group}]. Before the microphone was allowed
 * there are none. */
export async function devicesOf(kind) {
  const all = (await navigator.mediaDevices?.enumerateDevices().catch(() => [])) ?? [];
  const named = kind === "audioinput" ? "Microphone" : "Loudspeaker";
  return all
    .filter((device) => device.kind === kind && device.deviceId)
    .map(({ deviceId, label, groupId }, i) => ({
      id: deviceId,
      label: label || `${named} ${i + 1}`,
      group: groupId ?? "",
    }));
}

/** The one of `devices` that was wished for: by its id, else by its name, where two bear it by the
 * group, too. Null when it is not there, or nothing was wished for. */
export function findDevice(devices, wish) {
  if (!wish) return null;
  const same = devices.find(({ id }) => id === wish.id);
  if (same) return same;
  const named = devices.filter(({ id, label }) => id !== SYSTEM && label === wish.label);
  if (named.length < 2) return named[0] ?? null;
  return named.find(({ group }) => group === wish.group) ?? null;
}
