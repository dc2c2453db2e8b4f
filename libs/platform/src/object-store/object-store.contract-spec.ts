import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { startS3StandIn, type S3StandIn } from '@hub/testing';
import { FolderStore } from './folder-store';
import { objectStoreSettings, openObjectStore } from './object-store-settings';
import { type ObjectStore } from './object-store.types';
import { S3Store } from './s3-store';

const PART = 8 * 1024 * 1024;

async function openS3(s3: S3StandIn, overrides: Record<string, string> = {}): Promise<ObjectStore> {
  const settings = objectStoreSettings.parse({
    HUB_OBJECT_STORE: s3.setting('some/prefix'),
    HUB_OBJECT_STORE_ACCESS_KEY_ID: s3.credentials.accessKeyId,
    HUB_OBJECT_STORE_SECRET_ACCESS_KEY: s3.credentials.secretAccessKey,
    ...overrides,
  });
  const opened = await openObjectStore(settings);
  if (!opened.ok) throw new Error(opened.error);
  return opened.value;
}

describe.each(['folder', 's3'])('an object store: %s', (kind) => {
  let folder: string;
  let s3: S3StandIn;
  let store: ObjectStore;
  beforeAll(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'hub-objects-'));
    s3 = await startS3StandIn();
    store = kind === 'folder' ? new FolderStore(folder) : await openS3(s3);
  });
  afterAll(async () => {
    await store.close();
    await s3.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('gives back what it was given, byte for byte, and says how large it is', async () => {
    const bytes = Buffer.from([0, 255, 10, 13, 0]);
    expect(await store.put('a/b.bin', bytes, { contentType: 'application/x-test' })).toEqual({
      ok: true,
      value: 'stored',
    });
    expect(await store.get('a/b.bin')).toEqual({ ok: true, value: bytes });
    const head = await store.head('a/b.bin');
    expect(head).toMatchObject({ ok: true, value: { key: 'a/b.bin', size: 5 } });
    await store.put('a/b.bin', Buffer.from('other'));
    expect(await store.get('a/b.bin')).toEqual({ ok: true, value: Buffer.from('other') });
  });

  it('keeps the first of two when asked to', async () => {
    const options = { ifNoneMatch: '*' } as const;
    const puts = await Promise.all(['1', '2', '3'].map((text) => store.put('once', Buffer.from(text), options)));
    expect(puts.map((put) => (put.ok ? put.value : put.error.code)).sort()).toEqual(['exists', 'exists', 'stored']);
    const winner = puts.findIndex((put) => put.ok && put.value === 'stored');
    expect(await store.get('once')).toEqual({ ok: true, value: Buffer.from(String(winner + 1)) });
  });

  it('takes streams of any size', async () => {
    const piece = Buffer.alloc(1024 * 1024, 'x');
    for (const [key, pieces] of [
      ['empty', 0],
      ['small', 1],
      ['exact', 8],
      ['large', 17],
    ] as const) {
      const body = Readable.from(Array.from({ length: pieces }, () => piece));
      expect(await store.put(`streams/${key}`, body, { ifNoneMatch: '*' })).toEqual({ ok: true, value: 'stored' });
      expect(await store.head(`streams/${key}`)).toMatchObject({ ok: true, value: { size: pieces * piece.length } });
    }
    const again = Readable.from([Buffer.alloc(PART), Buffer.alloc(PART), Buffer.from('x')]);
    expect(await store.put('streams/large', again, { ifNoneMatch: '*' })).toEqual({ ok: true, value: 'exists' });
    expect(s3.openUploads()).toBe(0);
  });

  it('stores nothing of a stream that breaks, and passes on why it broke', async () => {
    const broken = async function* (): AsyncGenerator<Buffer> {
      yield Buffer.alloc(PART);
      yield Buffer.alloc(PART);
      yield await Promise.reject(new Error('the source broke'));
    };
    await expect(store.put('broken', Readable.from(broken()))).rejects.toThrow('the source broke');
    expect(await store.head('broken')).toEqual({ ok: true, value: null });
    expect(s3.openUploads()).toBe(0);
  });

  it('lists in the order of keys, page by page, also from the middle of a name', async () => {
    const keys = ['l/a-b', 'l/a.c', 'l/a/1', 'l/a/2', 'l/a0', 'l/b/c/d', 'm'];
    for (const key of keys) await store.put(key, Buffer.from(key));
    const all: string[] = [];
    for (let after: string | undefined; ; after = all[all.length - 1]) {
      const page = await store.list('l', { after, limit: 2 });
      if (!page.ok) throw new Error(page.error.message);
      all.push(...page.value.objects.map(({ key }) => key));
      if (!page.value.more) break;
    }
    expect(all).toEqual(keys.slice(0, -1).sort());
    const middle = await store.list('l/a/');
    expect(middle.ok && middle.value.objects.map(({ key, size }) => [key, size])).toEqual([
      ['l/a/1', 5],
      ['l/a/2', 5],
    ]);
    expect(await store.list('nothing/')).toEqual({ ok: true, value: { objects: [], more: false } });
  });

  it('forgets what is deleted, and does not mind what was not there', async () => {
    await store.put('d/e/f', Buffer.from('x'));
    expect(await store.delete('d/e/f')).toEqual({ ok: true, value: null });
    expect(await store.delete('d/e/f')).toEqual({ ok: true, value: null });
    expect(await store.head('d/e/f')).toEqual({ ok: true, value: null });
    expect(await store.get('d/e/f')).toMatchObject({ ok: false, error: { code: 'not_found' } });
  });

  it.each(['', '/a', 'a/', 'a//b', '../a', 'a/../b', '.a', 'a/.b', 'a b', 'a\\b', 'ä', 'a\u0000', 'x'.repeat(901)])(
    'refuses the key %j, whatever is asked',
    async (key) => {
      const refused = { ok: false, error: { code: 'invalid_key' } };
      expect(await store.put(key, Buffer.from('x'))).toMatchObject(refused);
      expect(await store.get(key)).toMatchObject(refused);
      expect(await store.head(key)).toMatchObject(refused);
      expect(await store.delete(key)).toMatchObject(refused);
    },
  );
});

describe('a folder', () => {
  it('holds files for its owner alone, and nothing half written', async () => {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'hub-objects-'));
    const store = new FolderStore(path.join(folder, 'new', 'place'));
    await store.put('a/b', Buffer.from('x'));
    const file = await stat(path.join(folder, 'new', 'place', 'a', 'b'));
    expect(file.mode & 0o777).toBe(0o600);
    expect((await stat(path.join(folder, 'new', 'place'))).mode & 0o777).toBe(0o700);
    expect(await readdir(path.join(folder, 'new', 'place', '.staging'))).toEqual([]);
    const page = await store.list('');
    expect(page.ok && page.value.objects.map(({ key }) => key)).toEqual(['a/b']);
    await rm(folder, { recursive: true });
  });

  it('that is a file, or may not be written, says so', async () => {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'hub-objects-'));
    await writeFile(path.join(folder, 'file'), '');
    const store = new FolderStore(path.join(folder, 'file'));
    expect(await store.put('a', Buffer.from('x'))).toMatchObject({ ok: false, error: { code: 'refused' } });
    await rm(folder, { recursive: true });
  });
});

describe('a bucket', () => {
  let s3: S3StandIn;
  beforeEach(async () => {
    s3 = await startS3StandIn();
  });
  afterEach(() => s3.close());

  it('refuses who signs with another key, and that is told from being away', async () => {
    const stranger = await openS3(s3, { HUB_OBJECT_STORE_SECRET_ACCESS_KEY: 'wrong' });
    expect(await stranger.put('a', Buffer.from('x'))).toMatchObject({ ok: false, error: { code: 'denied' } });
    expect(await stranger.get('a')).toMatchObject({ ok: false, error: { code: 'denied' } });
    expect(s3.objects.size).toBe(0);
  });

  it('that is away, hiccups, or lost the answer', async () => {
    const store = await openS3(s3);
    s3.fail({ how: { status: 503, code: 'SlowDown' }, times: 2 });
    expect(await store.put('a', Buffer.from('x'))).toEqual({ ok: true, value: 'stored' });
    s3.fail({ how: { status: 503, code: 'SlowDown' } });
    expect(await store.get('a')).toMatchObject({ ok: false, error: { code: 'unreachable' } });
    s3.heal();
    s3.fail({ how: 'reset', times: 1 });
    expect((await store.get('a')).ok).toBe(true);
    // The write was done and its answer lost: the repeat finds its own object, which is for the caller to compare.
    s3.fail({ how: 'after', times: 1, method: 'PUT' });
    expect(await store.put('b', Buffer.from('y'), { ifNoneMatch: '*' })).toEqual({ ok: true, value: 'exists' });
    await s3.close();
    expect(await store.get('a')).toMatchObject({ ok: false, error: { code: 'unreachable' } });
  });

  it('that does not answer is given up', async () => {
    const { endpoint, bucket, region, credentials } = s3;
    const store = new S3Store({ endpoint, bucket, region, credentials, prefix: '', pathStyle: true, silentMs: 100 });
    s3.fail({ how: 'hang' });
    expect(await store.put('a', Buffer.from('x'))).toMatchObject({ ok: false, error: { code: 'unreachable' } });
    expect(s3.requests).toHaveLength(3);
  });

  it('that does not exist is no missing object', async () => {
    const store = await openS3(s3, { HUB_OBJECT_STORE: s3.setting().replace('hub-archive', 'other-bucket') });
    expect(await store.put('a', Buffer.from('x'))).toMatchObject({ ok: false, error: { code: 'refused' } });
    expect(await store.get('a')).toMatchObject({ ok: false, error: { code: 'refused' } });
  });

  it('has its keys below the prefix', async () => {
    const store = await openS3(s3);
    await store.put('a', Buffer.from('x'), { contentType: 'text/plain' });
    expect([...s3.objects].map(([key, { contentType }]) => [key, contentType])).toEqual([
      ['some/prefix/a', 'text/plain'],
    ]);
  });
});
