import { Webhook } from 'standardwebhooks';
import {
  unknownOperation,
  createExchangeRecorder,
  secretsOf,
  validateConnection,
  type ConnectionTestReport,
  type Connector,
  type ConnectorContext,
  type ConnectorError,
  type DeliveryRecord,
  type RecordOutcome,
} from '@hub/connector-sdk';
import { err, ok, type Result, type SafeHttpRequest } from '@hub/platform';
import { outcomeOfNotice } from './webhook.outcome';
import { WEBHOOK_MANIFEST, WEBHOOK_MAX_ANSWER_BYTES, WEBHOOK_OPERATION, WEBHOOK_TIMEOUT_MS } from './webhook.manifest';
import { checkWebhook, webhookSettings, type WebhookSettings } from './webhook.settings';

export interface WebhookConnectorOptions {
  /** Milliseconds since 1970: what signatures are dated with, and what ends a previous secret. */
  readonly now?: () => number;
}

/** Sends the hub's notices to endpoints of webhooks. The event's id is the `webhook-id`: the same for every attempt. */
export function createWebhookConnector(options: WebhookConnectorOptions = {}): Connector {
  return new WebhookConnector(options.now ?? Date.now);
}

class WebhookConnector implements Connector {
  readonly manifest = WEBHOOK_MANIFEST;
  checkConnection = checkWebhook;

  constructor(private readonly now: () => number) {}

  checkOperation(operation: string): string | null {
    return operation === WEBHOOK_OPERATION ? null : `The only operation is ${WEBHOOK_OPERATION}`;
  }

  async deliver(
    context: ConnectorContext,
    operation: string,
    records: readonly DeliveryRecord[],
  ): Promise<readonly RecordOutcome[]> {
    const refusal = this.refusal(context, operation);
    const outcomes: RecordOutcome[] = [];
    for (const record of records)
      outcomes.push(refusal === null ? await this.send(context, record) : { ok: false, error: refusal });
    return outcomes;
  }

  private async send(context: ConnectorContext, record: DeliveryRecord): Promise<RecordOutcome> {
    const settings = webhookSettings(context.config, context.credentials);
    const request = { ...requestOf(settings, record, this.now()), signal: context.signal };
    const result = await context.http.request(request);
    const recorder = createExchangeRecorder(secretsOf(context.credentials, ['previous_secret_until']));
    const exchange = recorder.record(request, result);
    const outcome = outcomeOfNotice(new URL(settings.url).host, result);
    return outcome.ok
      ? { ok: true, externalId: null, exchange }
      : { ok: false, error: recorder.cleanError(outcome.error), exchange };
  }

  /** Nothing can be tried that is not a notice: that is sent by whoever asks for a test. */
  testConnection(context: ConnectorContext): Promise<Result<ConnectionTestReport, ConnectorError>> {
    const refusal = this.refusal(context, WEBHOOK_OPERATION);
    const { url } = webhookSettings(context.config, context.credentials);
    return Promise.resolve(refusal === null ? ok({ account: url, details: {} }) : err(refusal));
  }

  /** Settings were checked when they were saved; the hub's rules may have become stricter since. */
  private refusal({ config, credentials }: ConnectorContext, operation: string): ConnectorError | null {
    const unknown = this.checkOperation(operation);
    if (unknown !== null) return unknownOperation(unknown);
    const [problem] = validateConnection(this, { config, credentials });
    return problem === undefined
      ? null
      : { category: 'config', code: 'invalid_config', message: `${problem.pointer}: ${problem.message}` };
  }
}

/** While a secret is being replaced both sign, so that the receiver changes over whenever it likes. */
function requestOf(settings: WebhookSettings, record: DeliveryRecord, nowMs: number): SafeHttpRequest {
  const { secret, previous_secret: previous, previous_secret_until: until } = settings;
  const overlaps = previous !== undefined && until !== undefined && nowMs < Date.parse(until);
  const signatures = (overlaps ? [secret, previous] : [secret]).map((one) =>
    new Webhook(one).sign(record.eventId, new Date(nowMs), record.payloadText),
  );
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(settings.headers ?? {})) headers[name.toLowerCase()] = value;
  headers['content-type'] = 'application/json';
  headers['webhook-id'] = record.eventId;
  headers['webhook-timestamp'] = String(Math.floor(nowMs / 1000));
  headers['webhook-signature'] = signatures.join(' ');
  if (record.traceparent !== null) headers['traceparent'] = record.traceparent;
  return {
    method: 'POST',
    url: settings.url,
    headers,
    // Byte for byte as it was signed.
    body: record.payloadText,
    timeoutMs: WEBHOOK_TIMEOUT_MS,
    maxResponseBytes: WEBHOOK_MAX_ANSWER_BYTES,
  };
}
