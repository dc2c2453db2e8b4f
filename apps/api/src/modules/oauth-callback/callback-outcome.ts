import { type SignInRefusal } from '@hub/connections';
import { type ConnectorError } from '@hub/connector-sdk';

/** What a sign-in came to. */
export interface CallbackOutcome {
  readonly isGood: boolean;
  /** Stable and snake_case: what a page of ours that is returned to may switch on. */
  readonly code: string;
  readonly status: number;
  readonly title: string;
  readonly lines: readonly string[];
}

const NOTHING_CHANGED = 'Nothing was changed. The connection is as it was before.';
const START_AGAIN = 'Go back to the connection and start signing in again.';

function bad(code: string, title: string, lines: readonly string[], status = 400): CallbackOutcome {
  return { isGood: false, code, status, title, lines };
}

export function connected(connection: string, account: string, status: string): CallbackOutcome {
  const next =
    status === 'paused'
      ? 'It is paused, and stays so until somebody resumes it.'
      : 'Whatever waited for it is being delivered now. You can close this page.';
  return {
    isGood: true,
    code: 'connected',
    status: 200,
    title: 'Connected',
    lines: [`“${connection}” is now signed in to ${account}.`, next],
  };
}

export const NO_SUCH_CONNECTOR = bad(
  'unknown_connector',
  'There is nothing to sign in to here',
  ['This hub has no such connector, or it has no sign-in.'],
  404,
);

export const UNKNOWN_STATE = bad('unknown_state', 'This sign-in is not known', [
  'The link is not one of this hub’s, or was made so long ago that it has been forgotten.',
  `${NOTHING_CHANGED} ${START_AGAIN}`,
]);

export const TOO_MANY = bad(
  'too_many_failed_requests',
  'Too many failed sign-ins',
  ['Too many sign-ins that are not known came from your address. Wait a minute, then start again.'],
  429,
);

export const MALFORMED = bad('malformed', 'The vendor’s answer cannot be read', [
  'A parameter is missing, is there twice, or is too long.',
  `${NOTHING_CHANGED} ${START_AGAIN}`,
]);

/** RFC 9700, 4.4: an answer that arrives at another vendor's address may be an attempt to have its code sent there. */
export const MIXED_UP = bad('mixed_up', 'This answer came to the wrong address', [
  'The sign-in was begun with another vendor than the one whose address it came back to. For safety it was stopped.',
  `${NOTHING_CHANGED} ${START_AGAIN}`,
]);

export const NOT_FROM_HERE = bad(
  'not_from_here',
  'This did not come from a page of the hub',
  ['Open the link that you were sent, read whom you are about to let in, and press the button there.'],
  403,
);

export const INTERNAL = bad(
  'internal_error',
  'Something went wrong on our side',
  [`${START_AGAIN} If it happens again, quote the request id of this answer to support.`],
  500,
);

export function refused(refusal: SignInRefusal): CallbackOutcome {
  switch (refusal) {
    case 'used':
      return bad('already_used', 'This sign-in has already been used', [
        'Each link is good for one sign-in. If you have just loaded this page again: what it said the first time still holds.',
        'If you are not sure, look at the connection, or start signing in again.',
      ]);
    case 'expired':
      return bad('expired', 'This sign-in took too long', [
        'A link is good for ten minutes.',
        `${NOTHING_CHANGED} ${START_AGAIN}`,
      ]);
    case 'initiator_gone':
      return bad('initiator_gone', 'Whoever began this sign-in may no longer do so', [
        'The API key that asked for it has been revoked or has expired, or the account was suspended.',
        NOTHING_CHANGED,
      ]);
    case 'other_browser':
      return bad('other_browser', 'This sign-in was begun in another browser', [
        'Whoever begins a sign-in has to end it, in the same browser and with its cookies. If somebody sent you here: nothing of yours was connected.',
        `${NOTHING_CHANGED} ${START_AGAIN}`,
      ]);
    case 'gone':
      return bad('connection_gone', 'This connection has been deleted', ['There is nothing left to sign in for.']);
    case 'unreadable':
      return INTERNAL;
  }
}

/** What the vendor sends back instead of a code (RFC 6749, 4.1.2.1); its own words stay out of our page. */
export function deniedByVendor(error: string, vendor: string): CallbackOutcome {
  // One vendor writes it with a dash in places.
  if (/^access[_-]denied$/.test(error)) {
    return bad('access_denied', `${vendor} was not allowed`, [
      `Access was declined on ${vendor}’s page, so the hub was let in nowhere.`,
      `${NOTHING_CHANGED} If it was by mistake, start signing in again and allow access.`,
    ]);
  }
  const shown = /^[A-Za-z0-9_.-]{1,64}$/.test(error) ? error : 'unreadable';
  return bad('vendor_error', `${vendor} has refused the sign-in`, [
    `It gave the error code “${shown}”. Most often the hub’s registration there is not complete: tell the operator of this hub.`,
    NOTHING_CHANGED,
  ]);
}

export function exchangeFailed(error: ConnectorError, vendor: string): CallbackOutcome {
  const code = /^[A-Za-z0-9_.-]{1,64}$/.test(error.code) ? error.code : 'unreadable';
  switch (error.category) {
    case 'transient':
    case 'rate_limited':
    case 'concurrency':
    case 'unknown_outcome':
      return bad(
        'vendor_unavailable',
        `${vendor} did not answer in time`,
        [`You were let in, but the hub could not fetch its tokens (${code}).`, `${NOTHING_CHANGED} ${START_AGAIN}`],
        503,
      );
    case 'auth_revoked':
    case 'auth_expired':
      return bad('code_refused', `${vendor} no longer accepts this sign-in`, [
        `Its code was too old or had been used before (${code}).`,
        `${NOTHING_CHANGED} ${START_AGAIN}`,
      ]);
    case 'permission':
      return bad('permission', `${vendor} does not permit it`, [
        `The user that you signed in as lacks a permission (${code}). The connector’s documentation says which are needed.`,
        `${NOTHING_CHANGED} ${START_AGAIN}`,
      ]);
    default:
      return bad('sign_in_refused', `${vendor} has refused the sign-in`, [
        `It gave the error code “${code}”. Most often the hub’s registration there is not complete: tell the operator of this hub.`,
        NOTHING_CHANGED,
      ]);
  }
}

export function otherAccount(before: string, now: string): CallbackOutcome {
  return bad('other_account', 'This is another account than before', [
    `The connection belongs to ${before}, and you signed in to ${now}. Its history and its links are about the first one, so nothing was stored.`,
    `Sign in again as a user of ${before}; for ${now}, make a connection of its own.`,
  ]);
}

export function accountTaken(connection: string, vendor: string): CallbackOutcome {
  return bad('account_taken', 'This account is connected already', [
    `The connection “${connection}” is signed in to it, and ${vendor} lets the hub in to an account once: a second connection would end the first one’s access. Nothing was stored.`,
    `Use “${connection}”, or delete it first. If it asks for a new sign-in, sign in there.`,
  ]);
}

export const SETTINGS_CHANGED = bad('settings_changed', 'The connection was changed meanwhile', [
  'Its settings now point to another environment of the vendor than the one you signed in to.',
  `${NOTHING_CHANGED} ${START_AGAIN}`,
]);

export const UNUSABLE_GRANT = bad('unusable_grant', 'The sign-in cannot be used', [
  'What the vendor gave does not fit the settings of the connection.',
  'Check the settings, then start signing in again. Nothing was stored.',
]);
