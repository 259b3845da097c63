/** Ids by which Home Assistant recognizes a request that it has answered before. */

/**
 * Return a new request id, a random UUID. `crypto.randomUUID` does not exist where Home Assistant is opened by plain http.
 * @returns {string}
 */
export function createRequestId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  return [...bytes]
    .map((byte, index) => ([4, 6, 8, 10].includes(index) ? "-" : "") + byte.toString(16).padStart(2, "0"))
    .join("");
}
