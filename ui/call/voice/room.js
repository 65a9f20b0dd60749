// What every room in a page has in common: the SDK, and how much patience the network gets.

/** Limits of one try to join, in ms. */
export const CONNECT = { maxRetries: 2, websocketTimeout: 8000, peerConnectionTimeout: 10000 };

// ms before each try; a server that was started again is back within a second or two
const RETRIES = [0, 300, 500, 800, 1200, 1200, 1600, 2000];

let loading = null;
let failures = 0;

/** The browser SDK, imported once; after a failure the next call tries again. */
export function loadSdk(url) {
  // A failed import is remembered by its address.
  loading ??= import(failures ? `${url}?${failures}` : url).then(quiet, (error) => {
    loading = null;
    failures += 1;
    throw error;
  });
  return loading;
}

/** A room that comes back by itself when the line breaks, trying for so many seconds. */
export function newRoom(sdk, seconds, options = {}) {
  const nextRetryDelayInMs = ({ retryCount, elapsedMs }) =>
    elapsedMs > seconds * 1000 ? null : RETRIES[Math.min(retryCount, RETRIES.length - 1)];
  return new sdk.Room({ ...options, reconnectPolicy: { nextRetryDelayInMs } });
}

function quiet(sdk) {
  sdk.setLogLevel("warn");
  return sdk;
}
