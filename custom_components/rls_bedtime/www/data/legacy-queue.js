/** The episodes that an earlier version has stored in this browser, as operations. Pure. */

import { getUpdateData } from "./episode-details.js";

/** @import { Operation } from "./operations.js" */

/**
 * Return the operations for what an earlier version had not written yet.
 *
 * Their ids are derived from the stored values: two tabs that read them at the same time get the same operations.
 * @param {any[] | null} stored
 * @returns {Operation[]}
 */
export const readLegacyQueue = (stored) =>
  (Array.isArray(stored) ? stored : []).flatMap((episode, index) => readEpisode(episode, index));

/** @param {any} episode @param {number} index @returns {Operation[]} */
function readEpisode({ at, facts, endedAt, id, written, writtenEnd, unwanted }, index) {
  const requestId = `legacy-${at}-${index}`;
  const target = id ?? `${requestId}-log`;
  /** @type {Omit<Operation, "id" | "order">[]} */
  const operations = [];
  if (unwanted && id === null) return [];
  if (id === null) operations.push({ kind: "log", at, episode: target, data: {} });
  if (unwanted) operations.push({ kind: "delete", at, episode: target, data: {} });
  else {
    const data = getUpdateData(written, facts);
    if (data) operations.push({ kind: "details", at, episode: target, data });
    if (endedAt !== null && writtenEnd === null) operations.push({ kind: "end", at: endedAt, episode: target, data: {} });
    if (endedAt === null && writtenEnd !== null)
      operations.push({ kind: "reopen", at, episode: target, data: { clear: ["ended_at"] } });
  }
  return operations.map((operation, step) => ({ id: `${requestId}-${operation.kind}`, order: at + step, ...operation }));
}
