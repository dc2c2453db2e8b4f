import { type HubClient } from '../hub-client';
import { type TenantAccounts } from './sandbox-accounts';
import { seedConfiguration, withAddresses } from './seed-configuration';
import { type SeedTenant } from './seed-plan';

const WANTED = { url: 'http://127.0.0.1:5010/sink/acme', test_url: 'http://127.0.0.1:5010/health' };

describe('withAddresses', () => {
  it('moves a connection to the sandbox port of today and keeps everything else', () => {
    const current = { url: 'http://127.0.0.1:4010/sink/acme', test_url: 'http://127.0.0.1:4010/health', timeout_ms: 5 };
    expect(withAddresses(current, WANTED)).toEqual({ ...WANTED, timeout_ms: 5 });
    expect(withAddresses({ ...WANTED, timeout_ms: 5 }, WANTED)).toBeNull();
  });

  it('leaves what a person has pointed elsewhere', () => {
    expect(withAddresses({ url: 'https://example.com/sink/acme' }, WANTED)).toBeNull();
    expect(withAddresses({ url: 'http://127.0.0.1:4010/sink/mine' }, WANTED)).toBeNull();
    expect(withAddresses({}, WANTED)).toBeNull();
  });
});

it('a connection that moves to the sandbox port of today takes its credentials along: the hub sends none that it keeps', async () => {
  const changes: unknown[] = [];
  const moved = { id: 'con_1', name: 'Warehouse', config: { url: 'http://127.0.0.1:4010/sink/acme' } };
  const demand = (method: string, _path: string, body?: unknown): Promise<unknown> => {
    if (method === 'PATCH') changes.push(body);
    return Promise.resolve({ data: [moved], next_cursor: null });
  };
  const accounts = { salesforce: {}, quickbooks: {}, netsuite: {}, erp: {} } as unknown as TenantAccounts;
  const plan = { slug: 'acme', httpName: 'Warehouse', routes: [] } as unknown as SeedTenant;
  const addresses = { sandboxUrl: 'http://127.0.0.1:5010', vendors: {} as never };
  await seedConfiguration({ demand } as unknown as HubClient, plan, accounts, addresses, true);
  expect(changes).toEqual([
    {
      config: { url: 'http://127.0.0.1:5010/sink/acme' },
      credentials: { webhook_secret: expect.stringMatching(/^whsec_/) as unknown },
    },
  ]);
});
