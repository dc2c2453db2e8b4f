/** Browsers take `//` and `/\` for another host, and leave out control characters before they look. */
const OWN = /^\/(?![/\\])\P{Cc}*$/u;

/** The address, if it is one of this portal: a link to sign in must not lead elsewhere afterwards. */
export function ownAddress(address: unknown): string | undefined {
  return typeof address === 'string' && OWN.test(address) ? address : undefined;
}
