/** Places in the browser that outlive a card, for what is not in the diary yet. */

/**
 * Return such a place. A browser that keeps nothing reads nothing.
 * @param {() => Storage} storage which may be forbidden
 * @param {string} key
 */
export const shelf = (storage, key) => ({
  read() {
    try {
      return JSON.parse(storage().getItem(key) ?? "null");
    } catch {
      return null;
    }
  },
  /** @param {any[] | Record<string, any> | null} value */
  write(value) {
    try {
      if (value && Object.keys(value).length) storage().setItem(key, JSON.stringify(value));
      else storage().removeItem(key);
    } catch {
      // The page keeps it, as long as it is open.
    }
  },
});
