import { ok } from '@hub/platform';
import { sendBulk } from './salesforce.bulk';
import { type SalesforceClient } from './salesforce.client';
import { JobTimes } from './salesforce.job-times';
import { type PreparedRecord } from './salesforce.record';

let mockNowMs = 0;
jest.mock('node:timers/promises', () => ({
  setTimeout: (ms: number) => {
    mockNowMs += ms;
    return Promise.resolve();
  },
}));

const RECORDS: readonly PreparedRecord[] = ['a', 'B '].map((externalId, index) => ({
  index,
  id: null,
  externalId,
  fields: { Name: `record ${index}` },
}));

/** An org that says of a job in turn what `states` say, and takes `answerMs` for each answer. */
function orgWith(jobTimes: JobTimes, states: readonly string[], answerMs: number, files: Record<string, string> = {}) {
  const left = [...states];
  const asked: string[] = [];
  const request = (given: string | { method: string; url: string }): Promise<unknown> => {
    const url = typeof given === 'string' ? given : given.url;
    asked.push(typeof given === 'string' ? `GET ${given}` : `${given.method} ${given.url}`);
    if (url === '/jobs/ingest') return Promise.resolve({ id: '750' });
    const file = /Results$/.test(url) ? (url.split('/').at(-1) ?? '') : null;
    if (file !== null) return Promise.resolve(files[file] ?? '"sf__Id","sf__Created","sf__Error","Hub_Id__c"\n');
    if (typeof given === 'string') mockNowMs += answerMs;
    return Promise.resolve(typeof given === 'string' ? { state: left.shift() } : null);
  };
  const client = {
    connectionId: 'c',
    jobTimes,
    signal: new AbortController().signal,
    settings: { recorder: { cleanError: (error: unknown) => error } },
    call: async (run: (connection: unknown) => Promise<unknown>) => ({ result: ok(await run({ request })) }),
  };
  return { client: client as unknown as SalesforceClient, asked };
}

const send = (client: SalesforceClient) =>
  sendBulk(client, { object: 'Account', externalIdField: 'Hub_Id__c', records: RECORDS });

describe('a bulk job', () => {
  beforeEach(() => {
    mockNowMs = 0;
    jest.spyOn(performance, 'now').mockImplementation(() => mockNowMs);
  });
  afterEach(() => jest.restoreAllMocks());

  it.each<[string, readonly string[], number]>([
    ['is over when it is first asked after, at 0.5 s', ['JobComplete'], 0.9 * 500],
    // Asked at 0.5 s, and 1 s after an answer that took seven.
    ['is still under way then', ['InProgress', 'JobComplete'], (500 + 8_500) / 2],
  ])('that %s is expected to take as long again, however slow the answers were', async (_what, states, expected) => {
    const times = new JobTimes();
    const { client } = orgWith(times, states, 7_000);
    await send(client);
    expect(times.expectedMs('c', 'Account', RECORDS.length)).toBeCloseTo(expected);
  });

  it('costs six calls when it is over in time, and its rows are found by their keys', async () => {
    const { client, asked } = orgWith(new JobTimes(), ['JobComplete'], 1, {
      successfulResults: '"sf__Id","sf__Created","Hub_Id__c","Name"\n"001B","true","b","two ""lines""\nof it"\n',
      failedResults: '"sf__Id","sf__Error","Name","Hub_Id__c"\r\n"","BAD:It is bad:Name --","x","A"\r\n',
    });
    const { outcomes, undone } = await send(client);
    expect(outcomes).toMatchObject([
      { ok: false, error: { code: 'BAD', message: 'BAD: It is bad', fields: ['Name'] } },
      { ok: true, externalId: '001B', created: true },
    ]);
    expect(undone).toEqual([]);
    expect(asked).toEqual([
      'POST /jobs/ingest',
      'PUT /jobs/ingest/750/batches',
      'PATCH /jobs/ingest/750',
      'GET /jobs/ingest/750',
      'GET /jobs/ingest/750/successfulResults',
      'GET /jobs/ingest/750/failedResults',
    ]);
  });

  it('whose results cannot be read leaves its records to be sent again', async () => {
    const { client } = orgWith(new JobTimes(), ['JobComplete'], 1, { successfulResults: '"sf__Id","open' });
    const { outcomes } = await send(client);
    expect(outcomes).toMatchObject(RECORDS.map(() => ({ ok: false, error: { code: 'bulk_unprocessed' } })));
  });
});
