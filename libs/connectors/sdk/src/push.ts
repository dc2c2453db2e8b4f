import { type JsonObject, type Result } from '@hub/platform';
import { type OAuthApp } from './oauth';
import { type PulledChange } from './pull';

/** A call that arrived at `/hooks/{connector}/{token}`. Nothing of it is believed before it is verified. */
export interface InboundHook {
  readonly headers: Readonly<Record<string, string>>;
  /** Byte for byte: signatures are over these. */
  readonly body: Buffer;
}

export interface HookContext {
  /** Empty for a hook of the whole app. */
  readonly config: JsonObject;
  /** Of the vendor account that this connection is signed in to; null for a hook of the whole app. */
  readonly accountId: string | null;
  readonly oauthApp: OAuthApp | null;
}

/** A record that the vendor says has changed. The hub reads it before it believes anything else. */
export interface ChangeNotice {
  readonly object: string;
  readonly id: string;
  readonly change: PulledChange;
  /** Which of the app's accounts it happened in; needed where {@link HookReceiver.scope} is `app`. */
  readonly accountId?: string;
}

export interface HookReply {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

export interface AcceptedHook {
  readonly notices: readonly ChangeNotice[];
  /** What the vendor wants to read once the notices are safe. */
  readonly reply: HookReply;
}

/** Stable codes; none of them tells a caller what would have been right. */
export type HookRefusal = 'signature_missing' | 'signature_invalid' | 'other_account' | 'unreadable';

export interface HookReceiver {
  /**
   * Who the vendor lets set the address: each account for itself, or the hub's app once for all of them. An app's hook is
   * verified with the app's secrets, and its notices go to every connection of the account that they name.
   */
  readonly scope: 'connection' | 'app';
  /** Most bytes of a body. */
  readonly maxBytes: number;
  verify(context: HookContext, hook: InboundHook): Result<AcceptedHook, HookRefusal>;
}
