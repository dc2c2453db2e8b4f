/** Stable reasons a local service could not be started or stopped; callers branch on these, never on the message. */
export type LocalServiceErrorCode =
  | 'PLATFORM_UNSUPPORTED'
  | 'INVALID_OPTION'
  | 'PORT_IN_USE'
  | 'DATA_DIR_UNREACHABLE'
  | 'DATA_DIR_UNUSABLE'
  | 'DATA_DIR_IN_USE'
  | 'DATA_VERSION_MISMATCH'
  | 'BINARIES_NOT_FOUND'
  | 'INIT_FAILED'
  | 'START_FAILED'
  | 'PASSWORD_MISMATCH'
  | 'STALE_PROCESS'
  | 'STOP_FAILED'
  | 'TIMEOUT';

/**
 * The only error this library throws on purpose.
 * `message` says what happened, `cure` what the operator can do about it; neither ever holds a password.
 */
export class LocalServiceError extends Error {
  override readonly name = 'LocalServiceError';

  constructor(
    readonly code: LocalServiceErrorCode,
    message: string,
    readonly cure: string,
    options?: { cause?: unknown },
  ) {
    super(message, options);
  }
}

/** The system error code (`ENOENT`, `EACCES`, …) or SQLSTATE of a caught value, if it carries one. */
export function systemCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
