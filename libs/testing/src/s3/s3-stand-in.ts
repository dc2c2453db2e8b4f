import { createHash, randomBytes } from 'node:crypto';
import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';
import { signatureFault, type S3Credentials } from './s3-signature';

const REGION = 'eu-test-1';
const LEAST_PART_BYTES = 5 * 1024 * 1024;

interface StoredObject {
  readonly bytes: Buffer;
  readonly contentType: string;
  readonly modifiedAt: Date;
}

export interface S3Fault {
  /** Of these requests alone. */
  readonly method?: string;
  /** How many; for ever when absent. */
  readonly times?: number;
  /** `hang`: no answer. `reset`: the connection is cut. `after`: it is done, and then the connection is cut. */
  readonly how: 'hang' | 'reset' | 'after' | { readonly status: number; readonly code: string };
}

/** A bucket that is not there any more can be no test's fault: each test has its own server. */
export interface S3StandIn {
  readonly endpoint: string;
  readonly bucket: string;
  readonly region: string;
  readonly credentials: S3Credentials;
  readonly objects: ReadonlyMap<string, StoredObject>;
  /** `METHOD path` of each request, also of those that were refused. */
  readonly requests: readonly string[];
  /** Uploads in parts that were neither completed nor aborted. */
  openUploads(): number;
  fail(fault: S3Fault): void;
  heal(): void;
  /** As `HUB_OBJECT_STORE` names it. */
  setting(prefix?: string): string;
  close(): Promise<void>;
}

/**
 * Stands in for S3 over HTTP: path-style addresses, Version 4 signatures checked to the last byte of the body, conditional
 * writes, uploads in parts, lists in pages, and faults on demand.
 */
export async function startS3StandIn(): Promise<S3StandIn> {
  const credentials = {
    accessKeyId: `AK${randomBytes(8).toString('hex')}`,
    secretAccessKey: randomBytes(20).toString('base64'),
  };
  const bucket = 'hub-archive';
  const objects = new Map<string, StoredObject>();
  const uploads = new Map<string, { key: string; contentType: string; parts: Map<number, Buffer> }>();
  const requests: string[] = [];
  let faults: { fault: S3Fault; left: number }[] = [];

  const server = http.createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      requests.push(`${request.method} ${request.url}`);
      const body = Buffer.concat(chunks);
      const struck = faults.find(({ fault, left }) => left > 0 && (fault.method ?? request.method) === request.method);
      if (struck !== undefined) struck.left--;
      const how = struck?.fault.how;
      if (how === 'hang') return;
      if (how === 'reset') return void request.socket.destroy();
      if (typeof how === 'object') return refuse(response, how.status, how.code);
      const fault = signatureFault(request, body, credentials, REGION);
      if (fault !== null) return refuse(response, 403, fault);
      if (how === 'after') {
        const silent = { writeHead: () => silent, end: () => silent } as unknown as ServerResponse;
        answer(request, silent, body);
        return void request.socket.destroy();
      }
      answer(request, response, body);
    });
  });

  const answer = (request: IncomingMessage, response: ServerResponse, body: Buffer): void => {
    const url = new URL(request.url ?? '/', 'http://host');
    const [, named, ...rest] = url.pathname.split('/').map(decodeURIComponent);
    const key = rest.join('/');
    if (named !== bucket) return refuse(response, 404, 'NoSuchBucket');
    const query = url.searchParams;
    if (key === '' && request.method === 'GET') return list(response, query);
    const uploadId = query.get('uploadId');
    if (request.method === 'POST' && query.has('uploads')) return begin(request, response, key);
    if (uploadId !== null) return ofUpload(request, response, body, uploadId, query);
    if (request.method === 'PUT') {
      if (request.headers['if-none-match'] === '*' && objects.has(key))
        return refuse(response, 412, 'PreconditionFailed');
      store(key, body, request.headers['content-type'] ?? '');
      return void response.writeHead(200, { etag: etagOf(body) }).end();
    }
    if (request.method === 'DELETE') {
      objects.delete(key);
      return void response.writeHead(204).end();
    }
    const found = objects.get(key);
    if (found === undefined) return refuse(response, 404, 'NoSuchKey', request.method === 'HEAD');
    const headers = {
      'content-length': found.bytes.length,
      'content-type': found.contentType,
      'last-modified': found.modifiedAt.toUTCString(),
      etag: etagOf(found.bytes),
    };
    response.writeHead(200, headers).end(request.method === 'HEAD' ? undefined : found.bytes);
  };

  const store = (key: string, bytes: Buffer, contentType: string): void =>
    void objects.set(key, { bytes, contentType, modifiedAt: new Date() });

  const begin = (request: IncomingMessage, response: ServerResponse, key: string): void => {
    const id = randomBytes(8).toString('hex');
    uploads.set(id, { key, contentType: request.headers['content-type'] ?? '', parts: new Map() });
    xml(response, `<InitiateMultipartUploadResult><UploadId>${id}</UploadId></InitiateMultipartUploadResult>`);
  };

  const ofUpload = (
    request: IncomingMessage,
    response: ServerResponse,
    body: Buffer,
    uploadId: string,
    query: URLSearchParams,
  ): void => {
    const upload = uploads.get(uploadId);
    if (upload === undefined) return refuse(response, 404, 'NoSuchUpload');
    if (request.method === 'DELETE') {
      uploads.delete(uploadId);
      return void response.writeHead(204).end();
    }
    if (request.method === 'PUT') {
      upload.parts.set(Number(query.get('partNumber')), body);
      return void response.writeHead(200, { etag: etagOf(body) }).end();
    }
    const named = [...body.toString().matchAll(/<PartNumber>(\d+)<\/PartNumber>/g)].map(([, number]) => Number(number));
    const parts = named.map((number) => upload.parts.get(number));
    if (parts.some((part, index) => part === undefined || (index < parts.length - 1 && part.length < LEAST_PART_BYTES)))
      return refuse(response, 400, 'EntityTooSmall');
    if (request.headers['if-none-match'] === '*' && objects.has(upload.key))
      return refuse(response, 412, 'PreconditionFailed');
    store(upload.key, Buffer.concat(parts.filter((part) => part !== undefined)), upload.contentType);
    uploads.delete(uploadId);
    xml(response, `<CompleteMultipartUploadResult><Key>${upload.key}</Key></CompleteMultipartUploadResult>`);
  };

  const list = (response: ServerResponse, query: URLSearchParams): void => {
    const most = Number(query.get('max-keys') ?? 1_000);
    const keys = [...objects.keys()]
      .filter((key) => key.startsWith(query.get('prefix') ?? '') && key > (query.get('start-after') ?? ''))
      .sort();
    const contents = keys.slice(0, most).map((key) => {
      const found = objects.get(key);
      return `<Contents><Key>${key}</Key><Size>${found?.bytes.length}</Size><LastModified>${found?.modifiedAt.toISOString()}</LastModified></Contents>`;
    });
    xml(
      response,
      `<ListBucketResult><IsTruncated>${keys.length > most}</IsTruncated>${contents.join('')}</ListBucketResult>`,
    );
  };

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    endpoint,
    bucket,
    region: REGION,
    credentials,
    objects,
    requests,
    openUploads: () => uploads.size,
    fail: (fault) => void faults.push({ fault, left: fault.times ?? Number.POSITIVE_INFINITY }),
    heal: () => void (faults = []),
    setting: (prefix = '') =>
      `s3://${bucket}${prefix === '' ? '' : `/${prefix}`}?endpoint=${encodeURIComponent(endpoint)}&region=${REGION}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function etagOf(bytes: Buffer): string {
  return `"${createHash('md5').update(bytes).digest('hex')}"`;
}

function xml(response: ServerResponse, text: string): void {
  response.writeHead(200, { 'content-type': 'application/xml' }).end(`<?xml version="1.0" encoding="UTF-8"?>${text}`);
}

function refuse(response: ServerResponse, status: number, code: string, withoutBody = false): void {
  response.writeHead(status, { 'content-type': 'application/xml' });
  response.end(withoutBody ? undefined : `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code></Error>`);
}
