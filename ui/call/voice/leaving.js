// Leaving the page in mid-call: a question first, and what the page that follows must know.

const KEY = "rehearsal-call";

/** Keeps for this tab which call it is in: {call, voice, muted}. */
export function remember(call) {
  sessionStorage.setItem(KEY, JSON.stringify(call));
}

/** The call is over, or in another tab. */
export function forget() {
  sessionStorage.removeItem(KEY);
}

/** The call that this very tab was in when its page was loaded anew, or when it came back to it; null
 * after a click on a link, which is no wish to go on. */
export function leftBehind() {
  const [how] = performance.getEntriesByType("navigation");
  if (!["reload", "back_forward"].includes(how?.type)) return null;
  try {
    return JSON.parse(sessionStorage.getItem(KEY));
  } catch {
    return null;
  }
}

/** While `onCall()`, a link asks by `ask(path)` and all other ways out by the browser's own question.
 * Only while the server answers: else nobody could take the answer. Returns what ends it. */
export function guard(onCall, ask) {
  const asks = () => onCall() && window.socket?.connected;
  const onLeave = (event) => {
    if (!asks()) return;
    event.preventDefault();
    event.returnValue = ""; // what older browsers ask by
  };
  const onClick = (event) => {
    const link = event.target.closest?.("a[href]");
    if (!link || !asks() || !leavesHere(event, link)) return;
    event.preventDefault();
    event.stopPropagation();
    ask(link.pathname + link.search + link.hash);
  };
  window.addEventListener("beforeunload", onLeave);
  document.addEventListener("click", onClick, true);
  return () => {
    window.removeEventListener("beforeunload", onLeave);
    document.removeEventListener("click", onClick, true);
  };
}

function leavesHere(event, link) {
  if (event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey)
    return false;
  if (link.origin !== location.origin || link.download || !["", "_self"].includes(link.target))
    return false;
  return link.pathname + link.search !== location.pathname + location.search;
}
