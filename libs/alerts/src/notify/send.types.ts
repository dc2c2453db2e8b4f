/** Why a message did not get through, in words that hold no secret: not the address, not what a stranger's server said. */
export interface SendFailure {
  readonly code: string;
  readonly message: string;
  /** It will not work another time either. */
  readonly permanent: boolean;
  readonly httpStatus?: number;
  /** As the receiver asked. */
  readonly retryAfterMs?: number;
}

export interface Sent {
  readonly httpStatus: number | null;
}

/** Every channel is given this long. */
export const SEND_TIMEOUT_MS = 15_000;
