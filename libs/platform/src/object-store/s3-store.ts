import { type Readable } from 'node:stream';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
  type CompletedPart,
} from '@aws-sdk/client-s3';
import { err, ok, type Result } from '../result/result';
import {
  isObjectKey,
  MOST_LISTED,
  type ListOptions,
  type ObjectInfo,
  type ObjectPage,
  type ObjectStore,
  type ObjectStoreError,
  type PutOptions,
} from './object-store.types';

export interface S3StoreOptions {
  readonly bucket: string;
  /** Put before every key, with a slash between; empty for none. */
  readonly prefix: string;
  readonly region: string;
  /** URL of an S3-compatible server; without it AWS itself. */
  readonly endpoint?: string;
  /** `https://host/bucket/key` instead of `https://bucket.host/key`; what most servers other than AWS want. */
  readonly pathStyle: boolean;
  /** Without them the SDK's own chain: environment, shared files, container and instance roles. */
  readonly credentials?: {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken?: string;
  };
  /** Milliseconds without a byte after which a request is given up and tried again. Default 20,000. */
  readonly silentMs?: number;
}

const CONNECT_MS = 5_000;
const SILENT_MS = 20_000;
/** For one try of one request, all of it. */
const REQUEST_MS = 120_000;
/** A store that is away must be told from a hiccup soon: whoever asked comes back by itself. */
const TRIES = 3;
/** S3 wants at least 5 MiB of every part but the last, and takes 10,000. */
const PART_BYTES = 8 * 1024 * 1024;

/** Objects in a bucket. */
export class S3Store implements ObjectStore {
  readonly location: string;
  private readonly client: S3Client;
  private readonly bucket: string;
  private readonly prefix: string;

  constructor(options: S3StoreOptions) {
    this.bucket = options.bucket;
    this.prefix = options.prefix === '' ? '' : `${options.prefix}/`;
    this.location = `s3://${options.bucket}/${options.prefix}`.replace(/\/$/, '');
    this.client = new S3Client({
      region: options.region,
      endpoint: options.endpoint,
      forcePathStyle: options.pathStyle,
      credentials: options.credentials,
      maxAttempts: TRIES,
      requestHandler: {
        connectionTimeout: CONNECT_MS,
        socketTimeout: options.silentMs ?? SILENT_MS,
        requestTimeout: REQUEST_MS,
        throwOnRequestTimeout: true,
      },
      // The newer checksums are trailers that older servers refuse. The signature covers a SHA-256 of the body as it is.
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
    });
  }

  put(
    key: string,
    body: Buffer | Readable,
    options: PutOptions = {},
  ): Promise<Result<'stored' | 'exists', ObjectStoreError>> {
    return this.ask(key, async (target) => {
      try {
        if (Buffer.isBuffer(body)) await this.putWhole(target, body, options);
        else await this.putStream(target, body, options);
        return 'stored';
      } catch (error) {
        if (options.ifNoneMatch === '*' && statusOf(error) === 412) return 'exists';
        throw error;
      }
    });
  }

  get(key: string): Promise<Result<Buffer, ObjectStoreError>> {
    return this.ask(key, async (target) => {
      const answer = await this.client.send(new GetObjectCommand(target));
      if (answer.Body === undefined) throw new Error('an answer without a body');
      return Buffer.from(await answer.Body.transformToByteArray());
    });
  }

  head(key: string): Promise<Result<ObjectInfo | null, ObjectStoreError>> {
    return this.ask(key, async (target) => {
      try {
        const answer = await this.client.send(new HeadObjectCommand(target));
        return { key, size: answer.ContentLength ?? 0, modifiedAt: answer.LastModified ?? new Date(0) };
      } catch (error) {
        // A bucket that does not exist answers the same: HEAD has no body to tell them apart.
        if (statusOf(error) === 404) return null;
        throw error;
      }
    });
  }

  async list(prefix: string, options: ListOptions = {}): Promise<Result<ObjectPage, ObjectStoreError>> {
    try {
      const answer = await this.client.send(
        new ListObjectsV2Command({
          Bucket: this.bucket,
          Prefix: this.prefix + prefix,
          StartAfter: options.after === undefined ? undefined : this.prefix + options.after,
          MaxKeys: Math.min(options.limit ?? MOST_LISTED, MOST_LISTED),
        }),
      );
      const objects = (answer.Contents ?? []).map((found) => ({
        key: (found.Key ?? '').slice(this.prefix.length),
        size: found.Size ?? 0,
        modifiedAt: found.LastModified ?? new Date(0),
      }));
      return ok({ objects, more: answer.IsTruncated === true });
    } catch (error) {
      return err(describe(error));
    }
  }

  delete(key: string): Promise<Result<null, ObjectStoreError>> {
    return this.ask(key, async (target) => {
      await this.client.send(new DeleteObjectCommand(target));
      return null;
    });
  }

  async close(): Promise<void> {
    this.client.destroy();
  }

  private async ask<T>(key: string, work: (target: Target) => Promise<T>): Promise<Result<T, ObjectStoreError>> {
    if (!isObjectKey(key))
      return err({ code: 'invalid_key', message: 'the key is not one that every object store takes' });
    try {
      return ok(await work({ Bucket: this.bucket, Key: this.prefix + key }));
    } catch (error) {
      if (error instanceof SourceBroke) throw error.cause;
      return err(describe(error));
    }
  }

  private async putWhole(target: Target, body: Buffer, options: PutOptions): Promise<void> {
    await this.client.send(
      new PutObjectCommand({
        ...target,
        Body: body,
        ContentType: options.contentType,
        IfNoneMatch: options.ifNoneMatch,
      }),
    );
  }

  /** What fits into one part goes in one request; a signed request needs its whole body beforehand. */
  private async putStream(target: Target, body: Readable, options: PutOptions): Promise<void> {
    const parts = partsOf(body);
    const first = await parts.next();
    if (first.done === true) return this.putWhole(target, Buffer.alloc(0), options);
    const second = await parts.next();
    if (second.done === true) return this.putWhole(target, first.value, options);
    const { UploadId } = await this.client.send(
      new CreateMultipartUploadCommand({ ...target, ContentType: options.contentType }),
    );
    const upload = { ...target, UploadId };
    try {
      const done: CompletedPart[] = [];
      for await (const part of joined([first.value, second.value], parts)) {
        const PartNumber = done.length + 1;
        const { ETag } = await this.client.send(new UploadPartCommand({ ...upload, PartNumber, Body: part }));
        done.push({ PartNumber, ETag });
      }
      await this.client.send(
        new CompleteMultipartUploadCommand({
          ...upload,
          MultipartUpload: { Parts: done },
          IfNoneMatch: options.ifNoneMatch,
        }),
      );
    } catch (error) {
      // Parts of an upload that never ends cost money; a bucket rule should take those away that even this leaves.
      await this.client.send(new AbortMultipartUploadCommand(upload)).catch(() => undefined);
      throw error;
    }
  }
}

interface Target {
  readonly Bucket: string;
  readonly Key: string;
}

/** What was to be stored could not be read: for whoever made the stream, and no fault of the bucket. */
class SourceBroke extends Error {}

async function* readable(body: Readable): AsyncGenerator<Buffer | string> {
  try {
    yield* body as AsyncIterable<Buffer | string>;
  } catch (cause) {
    throw new SourceBroke('the stream broke', { cause });
  }
}

async function* partsOf(body: Readable): AsyncGenerator<Buffer, undefined> {
  let held: Buffer[] = [];
  let size = 0;
  for await (const chunk of readable(body)) {
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
    held.push(bytes);
    size += bytes.length;
    if (size < PART_BYTES) continue;
    yield Buffer.concat(held);
    [held, size] = [[], 0];
  }
  if (size > 0) yield Buffer.concat(held);
  return undefined;
}

async function* joined(first: readonly Buffer[], rest: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  yield* first;
  yield* rest;
}

function statusOf(error: unknown): number | undefined {
  const metadata = typeof error === 'object' && error !== null && '$metadata' in error ? error.$metadata : undefined;
  const status =
    typeof metadata === 'object' && metadata !== null && 'httpStatusCode' in metadata ? metadata.httpStatusCode : null;
  return typeof status === 'number' ? status : undefined;
}

/** The SDK's own words may quote the request: only names and statuses are passed on. */
function describe(error: unknown): ObjectStoreError {
  const name = typeof error === 'object' && error !== null && 'name' in error ? String(error.name) : 'unknown';
  const status = statusOf(error);
  const message = `the bucket answered ${status ?? 'nothing'} (${name})`;
  if (name === 'NoSuchBucket') return { code: 'refused', message };
  if (status === 404) return { code: 'not_found', message };
  if (status === 401 || status === 403 || name === 'CredentialsProviderError') return { code: 'denied', message };
  if (status === 507 || name === 'QuotaExceeded') return { code: 'full', message };
  // 409 is two writers of one key at once: neither is refused for good.
  if (status === undefined || status >= 500 || [408, 409, 429].includes(status))
    return { code: 'unreachable', message };
  return { code: 'refused', message };
}
