import { execFileSync } from 'node:child_process';
import { type DevFileContent } from '../data-folder/dev-file';
import { welcome } from './welcome';

const DEV: DevFileContent = {
  api_url: 'http://127.0.0.1:3000',
  portal_url: 'http://127.0.0.1:3000',
  metrics_url: 'http://127.0.0.1:3001/metrics',
  worker_metrics_url: 'http://127.0.0.1:3002/metrics',
  sandbox_url: 'http://127.0.0.1:4010',
  salesforce_url: 'http://127.0.0.1:4011',
  quickbooks_url: 'http://127.0.0.1:4012',
  netsuite_url: 'http://127.0.0.1:4013',
  erp_url: 'http://127.0.0.1:4014',
  sandbox_control_token: 'sandbox-secret',
  database_url: 'postgres://hub_app:database-secret@127.0.0.1:5000/hub',
  redis_url: 'redis://:redis-secret@127.0.0.1:6000/0',
  pids: { launcher: 1, api: 2, worker: 3, sandbox: 4, postgres: 5, redis: 6 },
  operator_key: 'hub_op_x',
  operator: { email: 'operator@hub.test', password: 'p' },
  tenants: [{ id: 'ten_1', slug: 'acme', tier: 'standard', api_key: 'hub_test_x', users: [] }],
};
const FACTS = { dev: DEV, dataFolder: '.hub', redisVersion: '7.0.15', afterMs: 4_210 };

describe('welcome', () => {
  it('says what runs where and which keys there are', () => {
    const text = welcome(FACTS);
    for (const part of [
      '4.21 s',
      DEV.api_url,
      '/docs',
      DEV.sandbox_url,
      'hub_test_x',
      'hub_op_x',
      'Redis 7.0.15',
      'Ctrl-C',
    ]) {
      expect(text).toContain(part);
    }
    expect(text).not.toContain('-secret');
  });

  it('says what Redis would bring where there is none, and whose it is when it is not ours', () => {
    expect(welcome({ ...FACTS, dev: { ...DEV, redis_url: null } })).toContain('install redis for about 14 times');
    expect(welcome({ ...FACTS, redisVersion: null })).toContain('the Redis of REDIS_URL');
  });

  it('gives a line that a shell takes as one command with a JSON body', () => {
    const line = welcome(FACTS)
      .split('\n')
      .find((text) => text.startsWith('curl -i'));
    const printed = execFileSync('sh', ['-c', `curl() { for a in "$@"; do echo "$a"; done; }; ${line}`]).toString(
      'utf8',
    );
    const args = printed.trimEnd().split('\n');
    expect(args.slice(0, 2)).toEqual(['-i', 'http://127.0.0.1:3000/v1/events']);
    expect(args).toContain('authorization: Bearer hub_test_x');
    expect(JSON.parse(args.at(-1) ?? '')).toMatchObject({
      event_id: expect.stringMatching(/^inv-2041-\d{10}$/),
      type: 'invoice.created',
      data: { number: 'INV-2041' },
    });
  });
});
