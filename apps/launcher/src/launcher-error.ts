/** Why the hub cannot start or go on, in words for the person at the terminal; never holds a secret. */
export class LauncherError extends Error {
  override readonly name = 'LauncherError';

  constructor(
    message: string,
    /** What that person can do about it. */
    readonly cure: string,
    options?: { cause?: unknown },
  ) {
    super(message, options);
  }
}

/** The system error code (`ENOENT`, `EACCES`, …) of a caught value, if it carries one. */
export function systemCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
