import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { createRegistry, type Connector } from '@hub/connector-sdk';
import { loadOAuthApps } from './oauth-apps-file';

const salesforce = {
  manifest: { id: 'salesforce' },
  oauth: { environmentOf: (config: Record<string, unknown>) => config['environment'] ?? 'production' },
} as unknown as Connector;
const http = { manifest: { id: 'http' } } as unknown as Connector;
const connectors = createRegistry([http, salesforce]);

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'hub-oauth-apps-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function load(content: unknown): ReturnType<typeof loadOAuthApps> {
  const file = join(folder, 'apps.json');
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  return loadOAuthApps(file, connectors);
}

function faults(content: unknown): readonly string[] {
  const loaded = load(content);
  return loaded.ok ? [] : loaded.error;
}

const app = { client_id: 'id-1', client_secret: 'canary-secret' };

describe('the operator’s OAuth apps', () => {
  it('are found by the environment of a connection', () => {
    const loaded = load({
      salesforce: {
        production: { ...app, secrets: { verifier: 'canary-verifier' } },
        sandbox: { client_id: 'id-2', endpoints: { token: 'http://127.0.0.1:4020/token' } },
      },
    });
    if (!loaded.ok) throw new Error(loaded.error.join());
    const apps = loaded.value;
    expect(apps.for(salesforce, {})).toEqual({
      environment: 'production',
      clientId: 'id-1',
      clientSecret: 'canary-secret',
      endpoints: {},
      secrets: { verifier: 'canary-verifier' },
    });
    expect(apps.for(salesforce, { environment: 'sandbox' })).toMatchObject({ clientId: 'id-2', clientSecret: null });
    expect(apps.for(salesforce, { environment: 'other' })).toBeNull();
    expect(apps.for(http, {})).toBeNull();
    expect(apps.environmentsOf('salesforce')).toEqual(['production', 'sandbox']);
    expect(`${JSON.stringify(apps)}${inspect(apps, { depth: 9, showHidden: true })}`).not.toContain('canary');
  });

  it('are none without a file', () => {
    const loaded = loadOAuthApps(null, connectors);
    expect(loaded.ok && loaded.value.environmentsOf('salesforce')).toEqual([]);
  });

  it.each([
    ['{"salesforce": {"client_secret": "canary', /not JSON/],
    [[], /whole file/],
    [{ salesfroce: { production: app } }, /salesfroce: this hub has no such connector; it has http, salesforce/],
    [{ salesforce: { production: { ...app, client_secrt: 'canary' } } }, /salesforce\.production: .*client_secrt/],
    [{ salesforce: { production: { client_secret: 'canary' } } }, /salesforce\.production\.client_id: /],
    [{ salesforce: { production: { ...app, client_id: 'with space canary' } } }, /client_id: must be printable/],
    [{ salesforce: { production: { ...app, client_secret: 'canary\n' } } }, /client_secret: must be printable/],
    [
      { salesforce: { production: { ...app, endpoints: { token: 'http://canary.example.com' } } } },
      /token: must be an https/,
    ],
    [
      { salesforce: { production: { ...app, endpoints: { token: 'http://[2001:db8::1]' } } } },
      /token: must be an https/,
    ],
    [
      { salesforce: { production: { ...app, endpoints: { token: 'https://u:canary@x.com' } } } },
      /token: must be an https/,
    ],
    [{ salesforce: { production: { ...app, secrets: { 'Bad Name': 'x' } } } }, /secrets/],
  ])('are refused with the place and without the value: %j', (content, expected) => {
    const found = faults(content);
    expect(found.join('\n')).toMatch(expected);
    expect(found.join('\n')).not.toContain('canary');
  });

  it('name a file that cannot be read', () => {
    const loaded = loadOAuthApps(join(folder, 'none.json'), connectors);
    expect(loaded).toEqual({ ok: false, error: ['the file cannot be read (ENOENT)'] });
  });
});
