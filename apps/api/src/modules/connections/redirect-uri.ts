const CALLBACK_PATH = '/oauth/callback';

/**
 * Where a vendor sends people back to: one address for each connector, so that the answer of one vendor can never be taken
 * for another's (RFC 9700, 4.4.2). Null while the operator has not said how the hub is reached.
 */
export function redirectUriOf(publicUrl: string | null, connectorId: string): string | null {
  return publicUrl === null ? null : `${publicUrl}${CALLBACK_PATH}/${encodeURIComponent(connectorId)}`;
}

const START_PATH = '/oauth/start';

/** Where somebody who was sent a link is asked before they set out. */
export function startUrlOf(publicUrl: string, state: string): string {
  return `${publicUrl}${START_PATH}/${state}`;
}
