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
  /** @param {any[] | Record<string, any> | null} value */
  write(value) {
    try {
      if (value && Object.keys(value).length) getStorage().setItem(key, JSON.stringify(value));
      else getStorage().removeItem(key);
    } catch {
      // The page still has the value in memory.
    }
  },
});
