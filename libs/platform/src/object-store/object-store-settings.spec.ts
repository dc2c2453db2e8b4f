import { objectStoreSettings, openObjectStore, parseObjectStore } from './object-store-settings';

describe('where objects are', () => {
  it.each([
    ['folder:/var/lib/hub', { kind: 'folder', folder: '/var/lib/hub' }],
    [
      's3://bucket',
      { kind: 's3', bucket: 'bucket', prefix: '', region: 'us-east-1', endpoint: undefined, pathStyle: false },
    ],
    [
      's3://bucket/a/b/?endpoint=https%3A%2F%2Fminio%3A9000&region=eu-central-1',
      {
        kind: 's3',
        bucket: 'bucket',
        prefix: 'a/b',
        region: 'eu-central-1',
        endpoint: 'https://minio:9000',
        pathStyle: true,
      },
    ],
    [
      's3://bucket?endpoint=http://s3.local&path_style=false',
      { kind: 's3', bucket: 'bucket', prefix: '', region: 'us-east-1', endpoint: 'http://s3.local', pathStyle: false },
    ],
  ])('is read from %s', (text, wanted) => {
    expect(parseObjectStore(text)).toEqual({ ok: true, value: wanted });
  });

  it.each([
    '',
    'folder:',
    '/var/lib/hub',
    's3://',
    's3://Bucket',
    's3://bucket/.hidden',
    's3://bucket?endpoint=ftp://x',
    's3://bucket?endpoint=https://user:secret@x',
    's3://bucket?path_style=yes',
    's3://bucket?acceskey=x',
  ])('is not guessed from %j', (text) => {
    expect(parseObjectStore(text).ok).toBe(false);
  });

  it('is a folder when nothing is said', () => {
    expect(objectStoreSettings.parse({}).HUB_OBJECT_STORE).toEqual({ kind: 'folder', folder: '.hub/objects' });
    expect(objectStoreSettings.safeParse({ HUB_OBJECT_STORE: 'ftp://x' }).success).toBe(false);
  });

  it('takes both halves of a credential or none', async () => {
    const settings = { HUB_OBJECT_STORE: 's3://bucket', HUB_OBJECT_STORE_ACCESS_KEY_ID: 'AK' };
    expect((await openObjectStore(objectStoreSettings.parse(settings))).ok).toBe(false);
  });
});
