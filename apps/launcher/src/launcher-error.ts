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
