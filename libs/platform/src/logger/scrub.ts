/** Shapes of secrets that must not be printed even when a library put them into a message. */
const SECRET_PATTERNS: readonly [RegExp, string][] = [
  [/\bhub_(live|test|op)_([0-9A-Za-z]{8})_[0-9A-Za-z]+/g, 'hub_$1_$2_[redacted]'],
  [/\bwhs(ec|k)_[0-9A-Za-z+/=]+/g, 'whs$1_[redacted]'],
  [/\b(Bearer|Basic)\s+[0-9A-Za-z+/=._~-]{8,}/gi, '$1 [redacted]'],
  [
    /\b(access_token|refresh_token|client_secret|password|api_key|secret)("?\s*[=:]\s*"?)[^\s"&,}]+/gi,
    '$1$2[redacted]',
  ],
  [/(\/\/[^/\s:@]+):[^@\s/]+@/g, '$1:[redacted]@'],
];

/** Replaces whatever looks like a secret. A last line of defence: fields are chosen by an allow-list first. */
export function scrub(text: string): string {
  return SECRET_PATTERNS.reduce((current, [pattern, replacement]) => current.replace(pattern, replacement), text);
}
