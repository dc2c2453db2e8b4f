import { type ConnectorError } from '@hub/connector-sdk';
import { err, ok } from '@hub/platform';
import { sendBulk } from './salesforce.bulk';
import { type SalesforceClient } from './salesforce.client';
import { JobTimes } from './salesforce.job-times';
import { type PreparedRecord } from './salesforce.record';

let mockNowMs = 0;
jest.mock('node:timers/promises', () => ({
  setTimeout: (ms: number, _value: unknown, { signal }: { signal: AbortSignal }) => {
    mockNowMs += ms;
    return signal.aborted ? Promise.reject(new Error('aborted')) : Promise.resolve();
  },
}));

const RECORDS: readonly PreparedRecord[] = ['a', 'B '].map((externalId, index) => ({
  index,
  id: null,
  externalId,
  fields: { Name: `record ${index}` },
}));

const DOWN: ConnectorError = { category: 'transient', code: 'http_503', message: 'down' };
const CUT: ConnectorError = { category: 'transient', code: 'cut', message: 'cut' };

interface Org {
  readonly answerMs?: number;
  readonly files?: Record<string, string>;
  /** What it refuses a call with. */
  readonly refuses?: (call: string) => ConnectorError | null;
  /** Aborts what the caller waits for, once the org has this call. */
  readonly aborts?: string;
}

/** An org that says of a job in turn what `states` say, the last one for good, and takes `answerMs` for each answer. */
function orgWith(jobTimes: JobTimes, states: readonly string[], { answerMs = 1, files = {}, ...org }: Org = {}) {
  const left = [...states];
  const asked: string[] = [];
  const lease = new AbortController();
  const request = (given: string | { method: string; url: string; body?: string }): unknown => {
    const { method, url, body } = typeof given === 'string' ? { method: 'GET', url: given, body: '' } : given;
    asked.push(`${method === 'PATCH' ? (body ?? '') : method} ${url}`);
    if (asked.at(-1) === org.aborts) lease.abort();
    if (url === '/jobs/ingest') return { id: '750' };
    const file = /Results$/.test(url) ? (url.split('/').at(-1) ?? '') : null;
    if (file !== null) return files[file] ?? '"sf__Id","sf__Created","sf__Error","Hub_Id__c"\n';
    if (method !== 'GET') return null;
    mockNowMs += answerMs;
    return { state: left.length > 1 ? left.shift() : left[0] };
  };
  const under = (signal: AbortSignal): unknown => ({
    connectionId: 'c',
    jobTimes,
    signal,
    under,
    settings: { recorder: { cleanError: (error: unknown) => error } },
    call: async (run: (connection: unknown) => unknown) => {
      if (signal.aborted) return { result: err(CUT) };
      const answer = await run({ request });
      const refusal = org.refuses?.(asked.at(-1) ?? '') ?? null;
      return { result: refusal === null ? ok(answer) : err(refusal) };
    },
  });
  return { client: under(lease.signal) as SalesforceClient, asked };
}

const UPLOADED = '{"state":"UploadComplete"} /jobs/ingest/750';
const ABORTED = '{"state":"Aborted"} /jobs/ingest/750';
const POLL = 'GET /jobs/ingest/750';
const RESULTS = ['GET /jobs/ingest/750/successfulResults', 'GET /jobs/ingest/750/failedResults'];

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
    const { client } = orgWith(times, states, { answerMs: 7_000 });
    await send(client);
    expect(times.expectedMs('c', 'Account', RECORDS.length)).toBeCloseTo(expected);
  });

  it('costs six calls when it is over in time, and its rows are found by their keys', async () => {
    const { client, asked } = orgWith(new JobTimes(), ['JobComplete'], {
      files: {
        successfulResults: '"sf__Id","sf__Created","Hub_Id__c","Name"\n"001B","true","b","two ""lines""\nof it"\n',
        failedResults: '"sf__Id","sf__Error","Name","Hub_Id__c"\r\n"","BAD:It is bad:Name --","x","A"\r\n',
      },
    });
    const { outcomes, undone } = await send(client);
    expect(outcomes).toMatchObject([
      { ok: false, error: { code: 'BAD', message: 'BAD: It is bad', fields: ['Name'] } },
      { ok: true, externalId: '001B', created: true },
    ]);
    expect(undone).toEqual([]);
    expect(asked).toEqual(['POST /jobs/ingest', 'PUT /jobs/ingest/750/batches', UPLOADED, POLL, ...RESULTS]);
  });

  it('whose results cannot be read leaves its records to be sent again', async () => {
    const { client } = orgWith(new JobTimes(), ['JobComplete'], {
      files: { successfulResults: '"sf__Id","open' },
    });
    const { outcomes } = await send(client);
    expect(outcomes).toMatchObject(RECORDS.map(() => ({ ok: false, error: { code: 'bulk_unprocessed' } })));
  });

  describe('that is given up', () => {
    const FIRST_DONE = { successfulResults: '"sf__Id","sf__Created","Hub_Id__c"\n"001A","true","a"\n' };

    it('after its time is aborted, and what it has done counts', async () => {
      const { client, asked } = orgWith(new JobTimes(), ['UploadComplete'], { files: FIRST_DONE });
      const { outcomes, failure, undone } = await send(client);
      expect(outcomes).toMatchObject([
        { ok: true, externalId: '001A' },
        { ok: false, error: { category: 'transient', code: 'bulk_unfinished' } },
      ]);
      expect(failure).toMatchObject({ code: 'bulk_unfinished' });
      expect(undone).toEqual([]);
      expect(asked.slice(-4)).toEqual([POLL, ABORTED, ...RESULTS]);
    });

    it('because nobody waits any more is aborted all the same, and that is the last call', async () => {
      const { client, asked } = orgWith(new JobTimes(), ['InProgress'], { aborts: POLL });
      const { outcomes } = await send(client);
      expect(asked.slice(-2)).toEqual([POLL, ABORTED]);
      expect(outcomes).toMatchObject(RECORDS.map(() => ({ ok: false, error: { category: 'transient' } })));
    });

    it('because the answer to its start was lost is aborted', async () => {
      const refuses = (call: string): ConnectorError | null => (call === UPLOADED ? DOWN : null);
      const { client, asked } = orgWith(new JobTimes(), [], { refuses, files: FIRST_DONE });
      const { outcomes } = await send(client);
      expect(asked.slice(-4)).toEqual([UPLOADED, ABORTED, ...RESULTS]);
      expect(outcomes).toMatchObject([{ ok: true }, { ok: false, error: DOWN }]);
    });

    it('but is over by then has its results read', async () => {
      const refused: ConnectorError = { category: 'validation', code: 'INVALIDJOBSTATE', message: 'over' };
      const refuses = (call: string): ConnectorError | null =>
        call === UPLOADED ? DOWN : call === ABORTED ? refused : null;
      const { client, asked } = orgWith(new JobTimes(), ['JobComplete'], { refuses, files: FIRST_DONE });
      const { outcomes } = await send(client);
      expect(asked.slice(-4)).toEqual([ABORTED, POLL, ...RESULTS]);
      expect(outcomes[0]).toMatchObject({ ok: true, externalId: '001A' });
    });

    it.each<[ConnectorError, Partial<ConnectorError>]>([
      [DOWN, { category: 'transient', retryAfterMs: 300_000 }],
      [
        { ...DOWN, category: 'auth_expired' },
        { category: 'transient', retryAfterMs: 300_000 },
      ],
      [
        { ...DOWN, category: 'rate_limited', retryAfterMs: 900_000 },
        { category: 'rate_limited', retryAfterMs: 900_000 },
      ],
    ])('and cannot be stopped holds its records back: %j', async (error, told) => {
      const refuses = (call: string): ConnectorError | null =>
        [UPLOADED, ABORTED, POLL].includes(call) ? error : null;
      const { client } = orgWith(new JobTimes(), ['InProgress'], { refuses });
      const { outcomes, failure } = await send(client);
      expect(outcomes).toMatchObject(RECORDS.map(() => ({ ok: false, error: told })));
      expect(failure).toMatchObject(told);
    });
  });
});
