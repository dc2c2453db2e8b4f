/** The name of a member, or an index, as a JSON pointer (RFC 6901) writes it between two slashes. */
export function pointerToken(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}
