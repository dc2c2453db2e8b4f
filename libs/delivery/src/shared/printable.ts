const UNPRINTABLE = /\0|\p{Surrogate}/u;

/**
 * Text as PostgreSQL takes it: no NUL, and no half of a surrogate pair, which `jsonb` refuses. What a vendor says must
 * not keep its outcome from being written. Takes anything, because a vendor's library may answer with anything.
 */
export function printable(text: unknown): string {
  const said = String(text);
  if (!UNPRINTABLE.test(said)) return said;
  // A round trip through UTF-8 turns each lone surrogate into U+FFFD.
  return Buffer.from(said, 'utf8').toString('utf8').replaceAll('\u0000', '\uFFFD');
}

export function printableOrNull(text: unknown): string | null {
  return text === null || text === undefined ? null : printable(text);
}
