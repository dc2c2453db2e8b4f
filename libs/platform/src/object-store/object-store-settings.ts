import { z } from 'zod';
import { err, ok, type Result } from '../result/result';
import { FolderStore } from './folder-store';
import { type ObjectStore } from './object-store.types';
import { type S3StoreOptions } from './s3-store';

export type ObjectStoreLocation =
  | { readonly kind: 'folder'; readonly folder: string }
  | ({ readonly kind: 's3' } & Omit<S3StoreOptions, 'credentials'>);

/** Every process of one hub needs the same. */
export const objectStoreSettings = z.object({
  /**
   * Where archived events and audit checkpoints are kept: `folder:<path>`, which all processes must share, or
   * `s3://<bucket>[/<prefix>]?region=…[&endpoint=…][&path_style=true|false]`.
   */
  HUB_OBJECT_STORE: z
    .string()
    .default('folder:.hub/objects')
    .transform((text, context) => {
      const location = parseObjectStore(text);
      if (location.ok) return location.value;
      context.addIssue({ code: 'custom', message: location.error });
      return z.NEVER;
    }),
  /** Without both, AWS's own chain: environment, shared files, container and instance roles. */
  HUB_OBJECT_STORE_ACCESS_KEY_ID: z.string().optional(),
  HUB_OBJECT_STORE_SECRET_ACCESS_KEY: z.string().optional(),
  HUB_OBJECT_STORE_SESSION_TOKEN: z.string().optional(),
});

export type ObjectStoreSettings = z.output<typeof objectStoreSettings>;

/** @returns a text for an operator when the settings contradict each other. */
export async function openObjectStore(settings: ObjectStoreSettings): Promise<Result<ObjectStore, string>> {
  const location = settings.HUB_OBJECT_STORE;
  if (location.kind === 'folder') return ok(new FolderStore(location.folder));
  const [accessKeyId, secretAccessKey] = [
    settings.HUB_OBJECT_STORE_ACCESS_KEY_ID,
    settings.HUB_OBJECT_STORE_SECRET_ACCESS_KEY,
  ];
  if ((accessKeyId === undefined) !== (secretAccessKey === undefined))
    return err(
      'HUB_OBJECT_STORE_ACCESS_KEY_ID and HUB_OBJECT_STORE_SECRET_ACCESS_KEY are given together or not at all',
    );
  const credentials =
    accessKeyId === undefined || secretAccessKey === undefined
      ? undefined
      : { accessKeyId, secretAccessKey, sessionToken: settings.HUB_OBJECT_STORE_SESSION_TOKEN };
  // The SDK takes tens of megabytes and a tenth of a second: only for who uses it.
  const { S3Store } = await import('./s3-store');
  return ok(new S3Store({ ...location, credentials }));
}

const S3_MEMBERS = new Set(['region', 'endpoint', 'path_style']);
const BUCKET = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
const PREFIX = /^[A-Za-z0-9_-][A-Za-z0-9._=-]*(\/[A-Za-z0-9_-][A-Za-z0-9._=-]*)*$/;

/** The text of `HUB_OBJECT_STORE`. Members that are not known are refused: a misspelt one would be ignored otherwise. */
export function parseObjectStore(text: string): Result<ObjectStoreLocation, string> {
  if (text.startsWith('folder:')) {
    const folder = text.slice('folder:'.length);
    return folder === '' ? err('a folder needs a path: folder:/var/lib/hub/objects') : ok({ kind: 'folder', folder });
  }
  if (!text.startsWith('s3://')) return err('must begin with folder: or s3://');
  const [, bucket = '', prefix = '', query = ''] = /^s3:\/\/([^/?]*)(?:\/([^?]*))?(?:\?(.*))?$/.exec(text) ?? [];
  const members = new URLSearchParams(query);
  const unknown = [...members.keys()].find((name) => !S3_MEMBERS.has(name));
  if (unknown !== undefined) return err(`"${unknown}" is no setting of an s3:// store`);
  if (!BUCKET.test(bucket)) return err('s3:// needs the name of a bucket');
  const trimmed = prefix.replace(/\/$/, '');
  if (trimmed !== '' && !PREFIX.test(trimmed)) return err('the prefix holds a character that keys may not have');
  const endpoint = members.get('endpoint') ?? undefined;
  if (endpoint !== undefined && !isHttpUrl(endpoint)) return err('endpoint must be an http:// or https:// URL');
  const pathStyle = members.get('path_style') ?? (endpoint === undefined ? 'false' : 'true');
  if (pathStyle !== 'true' && pathStyle !== 'false') return err('path_style is true or false');
  const region = members.get('region') ?? 'us-east-1';
  return ok({ kind: 's3', bucket, prefix: trimmed, region, endpoint, pathStyle: pathStyle === 'true' });
}

function isHttpUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const url = new URL(text);
  return ['http:', 'https:'].includes(url.protocol) && url.username === '' && url.password === '';
}
