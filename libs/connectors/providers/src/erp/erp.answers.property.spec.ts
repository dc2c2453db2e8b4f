import fc from 'fast-check';
import { contractRecord } from '@hub/connector-contract-suite';
import { type ConnectorContext } from '@hub/connector-sdk';
import { ok, type SafeHttpResponse } from '@hub/platform';
import { answer, fault, result } from './fake-erp.helper-spec';
import { createErpConnector } from './erp.connector';

const connector = createErpConnector();
const ROW = '<Customer><CustNo>000001</CustNo><ExtRef>con-1</ExtRef><Name>Acme</Name></Customer>';
const GOOD = [
  result('000001', 'Created', '1'),
  fault('Client', 'refused', 'ERP-1003', 'Name'),
  answer('GetChangesSince', `${ROW}<HasMore>false</HasMore><ServerTime>2026-11-20T10:00:00</ServerTime>`),
  answer('Ping', '<ServerTime>2026-11-20T10:00:00</ServerTime><Version>4.7</Version>'),
].map(({ body }) => String(body));
const PIECES = [
  'x',
  '<!DOCTYPE a [<!ENTITY b "c"><!ENTITY d SYSTEM "file:///etc/passwd">]>',
  '&b;&d;&#0;&#xD800;&lt;',
  '<![CDATA[',
  ']]>',
  '<!--',
  '<?x y?>',
  '</s:Body>',
  '<s:Fault>',
  '<__proto__>x</__proto__>',
  '<constructor/>',
  'xsi:nil="true"',
  '\u0000\uFFFE',
  '<a>'.repeat(2_000),
];

/** Where elements and texts begin: what is changed in between is mostly no XML any more. */
const boundaries = (text: string): number[] =>
  [...text.matchAll(/[<>]/g)].map(({ 0: sign, index }) => (sign === '>' ? index + 1 : index));

/** Good answers with pieces taken out, doubled, or put in, and whatever else. */
const mutated = fc
  .tuple(
    fc.constantFrom(...GOOD),
    fc.array(
      fc.tuple(
        fc.nat(700),
        fc.oneof(fc.constant(0), fc.nat(60)),
        fc.oneof(fc.constantFrom(...PIECES), fc.string(), fc.constant(null)),
      ),
      {
        maxLength: 5,
      },
    ),
  )
  .map(([good, changes]) =>
    changes.reduce((text, [nth, length, put]) => {
      const places = boundaries(text);
      const at = places[nth % places.length] ?? 0;
      const piece = text.slice(at, at + length);
      return text.slice(0, at) + (put ?? piece + piece) + text.slice(at + length);
    }, good),
  );
const body = fc.oneof(
  { weight: 6, arbitrary: mutated.map((text) => Buffer.from(text)) },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)) },
);
const status = fc.constantFrom(200, 200, 202, 204, 302, 400, 401, 404, 429, 500, 503);

function contextWith(response: SafeHttpResponse): ConnectorContext {
  return {
    connectionId: 'con_1',
    config: { endpoint: 'https://erp.example/erp', auth: 'basic', time_zone: 'Europe/Berlin', pull_gap_ms: 0 },
    credentials: { username: 'hub', password: 'canary-password' },
    oauthApp: null,
    reportLimit: () => undefined,
    http: { request: () => Promise.resolve(ok(response)) },
    signal: new AbortController().signal,
  };
}

describe('what the ERP answers, whatever it is', () => {
  it('ends each call with an outcome that tells no secret and reads no file', async () => {
    const records = [contractRecord({ payloadText: '{"Name":"Acme"}' })];
    const type = fc.constantFrom('text/xml;charset=utf-8', 'text/xml;charset=iso-8859-1', 'application/soap+xml', 'text/html', ''); // prettier-ignore
    await fc.assert(
      fc.asyncProperty(body, status, type, async (bytes, code, contentType) => {
        const response = { status: code, headers: { 'content-type': contentType }, body: bytes, durationMs: 1 };
        const context = contextWith(response);
        const [outcome, ...more] = await connector.deliver(context, 'customer.upsert', records);
        expect(more).toEqual([]);
        // Nothing is taken for written unless the ERP says what it did.
        if (outcome?.ok === true)
          expect(bytes.toString('latin1')).toMatch(/<Action>\s*(created|updated|unchanged|duplicate)\b/i);
        const page = await connector.pull?.(context, { object: 'Customer', mode: 'full', cursor: null, since: null });
        if (page?.ok === true) for (const record of page.value.records) expect(record.id).toMatch(/\S/);
        const tested = await connector.testConnection(context);
        const told = JSON.stringify([outcome, page, tested]);
        expect(told).not.toContain('canary-password');
        expect(told).not.toContain('root:');
      }),
      { numRuns: 1_000 },
    );
  }, 60_000);
});
