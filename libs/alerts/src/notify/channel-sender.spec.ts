import { newUuid, ok, type SafeHttp } from '@hub/platform';
import { type AlertMessage } from '../store/alert.types';
import { ChannelSender } from './channel-sender';
import { type SendFailure } from './send.types';

const MESSAGE: AlertMessage = {
  alert: 'alr_1',
  rule: 'dead_letters',
  rule_title: 'Dead letters',
  severity: 'critical',
  title: '1 dead letter',
  advice: 'Look at it.',
  tenant: { id: 'ten_1', name: 'Acme' },
  connection: null,
  causes: [],
  news: [],
  opened_at: '2026-01-01T00:00:00.000Z',
  resolved_at: null,
  resolution: null,
};

/** What comes of an answer of the receiver. */
async function failureOf(status: number, retryAfter?: string): Promise<SendFailure | null> {
  const headers = retryAfter === undefined ? {} : { 'retry-after': retryAfter };
  const http = { request: () => Promise.resolve(ok({ status, headers })) } as unknown as SafeHttp;
  const sender = new ChannelSender({
    http,
    secrets: {
      seal: () => Promise.reject(new Error('nothing is sealed here')),
      open: () => Promise.resolve(ok({ url: 'https://hooks.example.com/x' })),
    },
    mailer: null,
    publicUrl: null,
    now: Date.now,
  });
  const channel = { id: newUuid(), kind: 'slack', recipients: [], secret: { sealed: 'x', keyId: 'k' } } as const;
  const sent = await sender.send(newUuid(), channel, { id: newUuid(), kind: 'triggered', messages: [MESSAGE] });
  return sent.ok ? null : sent.error;
}

describe('the answer of a channel', () => {
  it.each([408, 425, 429, 500, 502, 503, 504])('%s passes, and is tried again', async (status) => {
    expect(await failureOf(status)).toMatchObject({ permanent: false, httpStatus: status });
  });

  it.each([301, 400, 401, 403, 404, 410, 422])('%s does not', async (status) => {
    expect(await failureOf(status)).toMatchObject({ permanent: true, httpStatus: status });
  });

  it('says for how long to wait, and for no more than an hour', async () => {
    expect(await failureOf(429, '120')).toMatchObject({ retryAfterMs: 120_000 });
    expect(await failureOf(503, '86400')).toMatchObject({ retryAfterMs: 3_600_000 });
    for (const said of ['0', '-5', 'Fri, 31 Dec 2027 23:59:59 GMT'])
      expect(await failureOf(503, said)).not.toHaveProperty('retryAfterMs');
  });
});
