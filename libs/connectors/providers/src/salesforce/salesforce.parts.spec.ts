import { validateConnection } from '@hub/connector-sdk';
import { type JsonObject } from '@hub/platform';
import { createSalesforceConnector } from './salesforce.connector';
import { pollIntervals } from './salesforce.bulk';
import { JobTimes } from './salesforce.job-times';
import { soqlLiteral } from './salesforce.lookup';
import { parseOperation } from './salesforce.operation';
import { normaliseId } from './salesforce.ids';
import { readApiUsage } from './salesforce.usage';

describe('operations', () => {
  it('know aliases and API names', () => {
    expect(parseOperation('product.upsert')).toEqual({ object: 'Product2', verb: 'upsert' });
    expect(parseOperation('customer.update')).toEqual({ object: 'Account', verb: 'update' });
    expect(parseOperation('ns__Invoice__c.create')).toEqual({ object: 'ns__Invoice__c', verb: 'create' });
    expect(parseOperation('constructor.create')).toEqual({ object: 'constructor', verb: 'create' });
    for (const bad of ['account', 'account.delete', 'a/b.upsert', '.upsert', 'account.upsert.upsert', '1a.upsert']) {
      expect(parseOperation(bad)).toBeNull();
    }
  });
});

describe('soqlLiteral', () => {
  it.each([
    ["x\\' OR Name != '", "'x\\\\\\' OR Name != \\''"],
    ['ends in \\', "'ends in \\\\'"],
    ['two\nlines\t', "'two\\nlines\\t'"],
    ['\u2028', "'\\u2028'"],
  ])('lets nothing out of its quotes: %j', (value, literal) => {
    expect(soqlLiteral(value)).toBe(literal);
  });
});

describe('settings', () => {
  const credentials = { client_id: 'c', client_secret: 'secret', refresh_token: 'refresh' };
  const problems = (config: JsonObject, more: JsonObject = {}) =>
    validateConnection(createSalesforceConnector(), { config, credentials: { ...credentials, ...more } }).map(
      ({ pointer, code }) => `${pointer} ${code}`,
    );

  it.each([
    'https://acme.my.salesforce.com',
    'https://acme.my.salesforce.com/',
    'http://127.0.0.1:4101',
    'http://localhost:4101',
    'http://sandbox:4101',
    'http://10.0.0.7',
  ])('take %s', (instance_url) => {
    expect(problems({ instance_url })).toEqual([]);
  });

  it.each([
    ['http://acme.my.salesforce.com', '/config/instance_url url'],
    ['https://acme.lightning.force.com', '/config/instance_url url'],
    ['https://user@acme.my.salesforce.com', '/config/instance_url pattern'],
    ['https://acme.my.salesforce.com/path', '/config/instance_url pattern'],
    ['ftp://acme', '/config/instance_url pattern'],
    ['https://a:99999', '/config/instance_url url'],
  ])('refuse %s', (instance_url, problem) => {
    expect(problems({ instance_url })).toEqual([problem]);
  });

  it('need an org from somewhere, and trust only its hosts', () => {
    expect(problems({})).toEqual(['/config/instance_url required']);
    expect(problems({}, { instance_url: 'https://acme.my.salesforce.com' })).toEqual([]);
    expect(problems({}, { instance_url: 'https://evil.example' })).toEqual([
      '/credentials/instance_url untrusted_host',
    ]);
  });

  it('refuse versions without collection upserts and field names that are none', () => {
    const instance_url = 'https://acme.my.salesforce.com';
    expect(problems({ instance_url, api_version: '45.0' })).toEqual(['/config/api_version pattern']);
    expect(problems({ instance_url, external_id_field: 'a b' })).toEqual(['/config/external_id_field pattern']);
  });
});

describe('the header of API usage', () => {
  it('is read where it is, and unknown where it is not', () => {
    expect(readApiUsage('api-usage=18/5000; per-app-api-usage=17/250(appName=hub)')).toEqual({ used: 18, max: 5000 });
    expect(readApiUsage('per-app-api-usage=17/250(appName=hub)')).toBeNull();
    expect(readApiUsage(undefined)).toBeNull();
  });
});

describe('record ids', () => {
  it.each([
    ['003G000001SUbc4', '003G000001SUbc4IAD'],
    ['003g000001subc4iad', '003G000001SUbc4IAD'],
    ['70130000001tcyI', '70130000001tcyIAAQ'],
    ['a0D30000001n7Pi', 'a0D30000001n7PiEAI'],
    ['001dM00003kSQbVQAW', '001dM00003kSQbVQAW'],
    ['not-an-id', null],
    ["00'", null],
  ])('%s is %s', (given, normal) => {
    expect(normaliseId(given)).toBe(normal);
  });
});

describe('asking whether a job has ended', () => {
  it('costs little of the daily budget: 10,000 records in five jobs of a minute each, at most 60 calls', () => {
    const minute = 60_000;
    let waited = 0;
    let polls = 0;
    for (const interval of pollIntervals()) {
      waited += interval;
      polls++;
      if (waited >= minute) break;
    }
    const perJob = 5 + polls;
    expect(5 * perJob).toBeLessThanOrEqual(60);
  });

  it('ends', () => {
    for (const expected of [null, 100, 5_000, 10_000_000])
      expect([...pollIntervals(expected)].reduce((sum, interval) => sum + interval)).toBeLessThan(20 * 60_000);
  });

  /** How often, and until when, a job is asked after that takes so long. */
  const askedAfter = (tookMs: number, expected: number | null): { calls: number; seenMs: number } => {
    let [calls, seenMs] = [0, 0];
    for (const interval of pollIntervals(expected)) {
      calls++;
      seenMs += interval;
      if (seenMs >= tookMs) break;
    }
    return { calls, seenMs };
  };

  it('is never more calls for knowing how long jobs take, be it wrong', () => {
    for (let tookMs = 100; tookMs < 120_000; tookMs *= 1.3) {
      for (let expected = 100; expected < 200_000; expected *= 1.3)
        expect(askedAfter(tookMs, expected).calls).toBeLessThanOrEqual(askedAfter(tookMs, null).calls);
    }
  });

  it('comes to one call or two, shortly after the end, once a few jobs have ended', () => {
    for (const tookMs of [800, 2_600, 9_000, 31_000]) {
      const times = new JobTimes();
      const counts: number[] = [];
      const late: number[] = [];
      for (let job = 0; job < 60; job++) {
        const expected = times.expectedMs('c', 'Account', 2_000);
        const { calls, seenMs } = askedAfter(tookMs, expected);
        const before = [...pollIntervals(expected)].slice(0, calls - 1);
        const openAtMs = before.length === 0 ? null : before.reduce((sum, interval) => sum + interval);
        times.learn('c', 'Account', 2_000, openAtMs, seenMs);
        if (job < 20) continue;
        counts.push(calls);
        late.push((seenMs - tookMs) / tookMs);
      }
      const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
      expect(Math.max(...counts)).toBeLessThanOrEqual(2);
      expect(mean(counts)).toBeLessThan(askedAfter(tookMs, null).calls);
      expect(mean(late)).toBeLessThan(0.5);
    }
    expect(new JobTimes().expectedMs('c', 'Account', 1)).toBeNull();
  });
});
