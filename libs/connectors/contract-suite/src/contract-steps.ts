import {
  ERROR_CATEGORIES,
  findOperation,
  type ConnectorContext,
  type ConnectorError,
  type DeliveryRecord,
  type RecordOutcome,
} from '@hub/connector-sdk';
import { type ConnectorHarness } from './contract-harness';
import { type VendorFault } from './faulty-server';

export const answer = (status: number, body: string | Buffer, headers: Record<string, string> = {}): VendorFault => ({
  kind: 'answer',
  answer: { status, body, headers },
});
const HTML = '<!DOCTYPE html><html><body>Down for maintenance</body></html>';
const html = { 'content-type': 'text/html' };

/** Everything that a vendor can do wrong while a call is under way. */
export const FAULTS: Readonly<Record<string, VendorFault>> = {
  'a 500 without words': answer(500, ''),
  'a 502 page of a proxy': answer(502, HTML, html),
  'a 503': answer(503, 'Service Unavailable', { 'content-type': 'text/plain' }),
  'a 400 that is not JSON': answer(400, '{"truncated', {}),
  'a 404 page': answer(404, HTML, html),
  'a status nobody knows': answer(599, '?'),
  'a 200 page': answer(200, HTML, html),
  'a 200 of garbage': answer(200, Buffer.from([0, 255, 254, 1, 123])),
  'a 200 with half a JSON text': answer(200, '[{"id":'),
  'a 200 with JSON of another shape': answer(200, '{"hello":[null,{"__proto__":{"success":true}}]}'),
  'an empty 200': answer(200, ''),
  'a 204': answer(204, ''),
  'an answer that is too large': answer(200, Buffer.alloc(20 * 1024 * 1024, '[')),
  'a reset': { kind: 'reset' },
};

/** Faults after which nobody can believe in success. */
export const CERTAIN_FAILURES = ['a 500 without words', 'a 502 page of a proxy', 'a 503', 'a reset'];

export type Current = () => ConnectorHarness;

export function contextOf(
  harness: ConnectorHarness,
  options: { timeoutMs?: number; signal?: AbortSignal } = {},
): ConnectorContext {
  return {
    connectionId: 'con_contract',
    config: harness.config(options),
    credentials: harness.credentials,
    oauthApp: harness.oauthApp ?? null,
    reportLimit: () => undefined,
    http: harness.http,
    signal: options.signal ?? new AbortController().signal,
  };
}

export async function deliver(
  harness: ConnectorHarness,
  records: readonly DeliveryRecord[],
  options: { timeoutMs?: number; signal?: AbortSignal } = {},
): Promise<readonly RecordOutcome[]> {
  return harness.connector.deliver(contextOf(harness, options), harness.operation, records);
}

export function batchOf(harness: ConnectorHarness): readonly DeliveryRecord[] {
  const { batchSize = 1 } = findOperation(harness.connector.manifest, harness.operation) ?? {};
  return harness.records(batchSize > 1 ? 3 : 1);
}

export function expectClassified(error: ConnectorError): void {
  expect(ERROR_CATEGORIES).toContain(error.category);
  expect(error.code).toMatch(/^\S{1,100}$/);
  expect(error.message.length).toBeGreaterThan(3);
  expect(error.message.length).toBeLessThan(700);
}

export function errorsOf(outcomes: readonly RecordOutcome[]): readonly ConnectorError[] {
  return outcomes.map((outcome) => {
    if (outcome.ok) throw new Error(`Expected a failure, got ${JSON.stringify(outcome)}`);
    return outcome.error;
  });
}

/** How a secret may travel. */
export function spellingsOf(secret: string): readonly string[] {
  return [secret, encodeURIComponent(secret), Buffer.from(secret).toString('base64').replace(/=+$/, '')];
}
