/** Access to the browser's storage, for data that is not in the diary yet. */

/**
 * Return a value in the browser's storage. If the storage is unavailable, it reads null and ignores writes.
 * @param {() => Storage} getStorage may throw, because browsers can forbid access
 * @param {string} key
 */
export const createStorage = (getStorage, key) => ({
  read() {
    try {
      return JSON.parse(getStorage().getItem(key) ?? "null");
    } catch {
      return null;
    }
  },
  /**
   * Write a value, and return whether it is stored. If not, the page still has it in memory.
   * @param {any[] | Record<string, any> | null} value
   */
  write(value) {
    try {
      if (value && Object.keys(value).length) getStorage().setItem(key, JSON.stringify(value));
      else getStorage().removeItem(key);
      return true;
    } catch {
      return false;
    }
  },
});

/**
 * Return a collection of entries in localStorage that all tabs of the browser share.
 *
 * Each entry has a key of its own and is never changed after it was added, so that two tabs cannot overwrite each other's
 * without a lock. The Web Locks API exists in secure contexts only, and many open Home Assistant by plain http.
 * @param {string} prefix of the keys
 */
export const createEntryStorage = (prefix) => ({
  /** Return all entries. Those that cannot be read are left out, and stay. @returns {any[]} */
  readAll() {
    try {
      const keys = Object.keys(localStorage).filter((key) => key.startsWith(prefix));
      return keys.map((key) => createStorage(() => localStorage, key).read()).filter((entry) => entry !== null);
    } catch {
      return [];
    }
  },
  /** @param {string} id @param {Record<string, any>} entry */
  add: (id, entry) => createStorage(() => localStorage, prefix + id).write(entry),
  /** @param {string} id */
  remove: (id) => createStorage(() => localStorage, prefix + id).write(null),
  /**
   * Call a listener when another tab adds an entry, and with null when it removes one.
   * @param {(id: string, entry: any) => void} listener
   */
  subscribe(listener) {
    window.addEventListener("storage", ({ key, newValue }) => {
      if (!key?.startsWith(prefix)) return;
      const entry = newValue === null ? null : createStorage(() => localStorage, key).read();
      if (newValue === null || entry !== null) listener(key.slice(prefix.length), entry);
    });
  },
});
