import { type Readable } from 'node:stream';
import { type Result } from '../result/result';

/** Why a store did not do what it was asked. Decided by the answer's code or status, never by its words. */
export type ObjectStoreErrorCode =
  /** No object has this key. */
  | 'not_found'
  /** The key is not one that every store takes; see {@link isObjectKey}. */
  | 'invalid_key'
  /** The credentials are missing, wrong, or not allowed to do this. */
  | 'denied'
  /** No room, or a quota is used up. */
  | 'full'
  /** No answer in time, or one that says to come back. */
  | 'unreachable'
  /** Anything else: a bucket that does not exist, a setting that the server will not take. */
  | 'refused';

export interface ObjectStoreError {
  readonly code: ObjectStoreErrorCode;
  /** For an operator. Names neither credentials nor content. */
  readonly message: string;
}

export interface ObjectInfo {
  readonly key: string;
  /** Bytes. */
  readonly size: number;
  readonly modifiedAt: Date;
}

export interface PutOptions {
  /** Media type, for whoever fetches the object from a bucket by other means; a folder keeps only bytes. */
  readonly contentType?: string;
  /** `'*'`: only if no object has this key yet. */
  readonly ifNoneMatch?: '*';
}

export interface ObjectPage {
  /** In the order of their keys' bytes. */
  readonly objects: readonly ObjectInfo[];
  /** More follow; ask with the last key as `after`. */
  readonly more: boolean;
}

export interface ListOptions {
  /** Only keys after this one. */
  readonly after?: string;
  /** 1 to 1,000, which is also the default. */
  readonly limit?: number;
}

/**
 * Whole objects under keys. An object is either there in full or not at all: no reader ever sees half of one, and what
 * `put` has answered for survives a crash.
 */
export interface ObjectStore {
  /** Where it is, without credentials: `folder:/var/lib/hub` or `s3://bucket/prefix`. */
  readonly location: string;
  /** @returns `'exists'` when `ifNoneMatch` was given and the key is taken: nothing was written. */
  put(
    key: string,
    body: Buffer | Readable,
    options?: PutOptions,
  ): Promise<Result<'stored' | 'exists', ObjectStoreError>>;
  get(key: string): Promise<Result<Buffer, ObjectStoreError>>;
  /** `null` when there is no such object. */
  head(key: string): Promise<Result<ObjectInfo | null, ObjectStoreError>>;
  /** Keys that begin with `prefix`, which may be empty or end in the middle of a name. */
  list(prefix: string, options?: ListOptions): Promise<Result<ObjectPage, ObjectStoreError>>;
  /** Deleting what is not there succeeds. */
  delete(key: string): Promise<Result<null, ObjectStoreError>>;
  close(): Promise<void>;
}

const SEGMENT = '[A-Za-z0-9_-][A-Za-z0-9._=-]{0,199}';
const KEY = new RegExp(`^${SEGMENT}(/${SEGMENT}){0,15}$`);
const LONGEST_KEY = 900;
export const MOST_LISTED = 1_000;

/**
 * Keys that mean the same to every file system and every bucket: names of letters, digits, `_`, `=`, `-` and dots that
 * do not begin with a dot, joined by slashes. Nothing can climb out of a folder, and nothing needs escaping in a URL. In a
 * folder, `a` and `a/b` cannot both be there: the second one is refused.
 */
export function isObjectKey(key: string): boolean {
  return key.length <= LONGEST_KEY && KEY.test(key);
}
