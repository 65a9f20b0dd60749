// Whether this browser has any address for a call. WebRTC leaves the loopback interface out, so that
// without another one no call is possible, not even to a server on this very machine.

const PATIENCE = 2000; // ms; a browser with a network gives its first candidate within a tenth of it

/** "found"; "none" when the system says, too, that it is offline; "barred" when only WebRTC finds
 * none, as by a policy, an add-on or a VPN. */
export async function findNetwork() {
  if (!window.RTCPeerConnection) return "found"; // the SDK tells what is wrong there
  const peer = new RTCPeerConnection();
  try {
    if (await gathers(peer)) return "found";
  } finally {
    peer.close();
  }
  return navigator.onLine ? "barred" : "none";
}

// Chromium goes on gathering for ever when there is nothing; Firefox ends with an empty candidate.
async function gathers(peer) {
  const first = new Promise((resolve) => {
    peer.onicecandidate = ({ candidate }) => resolve(Boolean(candidate?.candidate));
    setTimeout(() => resolve(false), PATIENCE);
  });
  peer.createDataChannel("look");
  await peer.setLocalDescription(await peer.createOffer());
  return first;
}
