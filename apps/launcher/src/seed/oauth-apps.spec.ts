import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { callbackUrls, writeOAuthApps } from './oauth-apps';

describe('the hub’s registrations at the sandbox', () => {
  const folder = mkdtempSync(join(tmpdir(), 'hub-oauth-apps-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  it('are written for the operator setting, readable by the owner only', async () => {
    const file = join(folder, 'oauth-apps.json');
    const endpoints = { login: 'http://127.0.0.1:4011' };
    await writeOAuthApps(file, [
      { connector: 'a', environments: ['production', 'sandbox'], clientId: 'id', clientSecret: 's', endpoints },
      {
        connector: 'b',
        environments: ['production'],
        clientId: 'id2',
        clientSecret: null,
        endpoints: {},
        secrets: { v: 'x' },
      },
    ]);
    const a = { client_id: 'id', client_secret: 's', endpoints, secrets: {} };
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({
      a: { production: a, sandbox: a },
      b: { production: { client_id: 'id2', client_secret: null, endpoints: {}, secrets: { v: 'x' } } },
    });
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it('come back to one address for each connector', () => {
    expect(callbackUrls('http://127.0.0.1:3000', ['a', 'b'])).toEqual([
      'http://127.0.0.1:3000/oauth/callback/a',
      'http://127.0.0.1:3000/oauth/callback/b',
    ]);
  });
});
