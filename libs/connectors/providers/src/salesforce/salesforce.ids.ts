const SUFFIX = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ012345';
const ID = /^[0-9A-Za-z]{15}([0-9A-Za-z]{3})?$/;

/**
 * The 18-character form of a record id: links, reports and error texts give 15 characters, in which case matters; the API
 * gives 18, whose last three say which letters are upper case. Only normalised ids may be compared.
 * @returns null for what is no record id
 */
export function normaliseId(id: string): string | null {
  if (!ID.test(id)) return null;
  const base = id.length === 18 ? repairCase(id) : id;
  if (base === null) return null;
  let suffix = '';
  for (let block = 0; block < 3; block++) {
    let bits = 0;
    for (let i = 0; i < 5; i++) if (/[A-Z]/.test(base.charAt(block * 5 + i))) bits |= 1 << i;
    suffix += SUFFIX.charAt(bits);
  }
  return base + suffix;
}

/** A system that folds case has spoilt the first 15 characters; the last three restore them. */
function repairCase(id: string): string | null {
  let base = '';
  for (let block = 0; block < 3; block++) {
    const bits = SUFFIX.indexOf(id.charAt(15 + block).toUpperCase());
    if (bits < 0) return null;
    for (let i = 0; i < 5; i++) {
      const letter = id.charAt(block * 5 + i);
      base += (bits >> i) & 1 ? letter.toUpperCase() : letter.toLowerCase();
    }
  }
  return base;
}
