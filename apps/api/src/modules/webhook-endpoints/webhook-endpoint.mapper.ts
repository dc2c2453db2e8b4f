import { z } from 'zod';
import { type AttemptRow, type NoticeRow } from '@hub/delivery';
import { toPublicId, type JsonObject } from '@hub/platform';
import { noticePayload, type EndpointRow, type NoticeKind } from '@hub/webhooks';
import { type WebhookDeliveryListResponse, type WebhookDeliveryResponse } from './dto/webhook-delivery.response';
import { type WebhookEndpointResponse, type WebhookEventTypesResponse } from './dto/webhook-endpoint.response';

const EXAMPLE_ID = 'hev_01k9g8xv7hf2p9w3c5q6r7s8t9';
const EXAMPLE_AT = new Date('2026-11-20T10:00:00.000Z');

export function toEndpointResponse(row: EndpointRow): WebhookEndpointResponse {
  return {
    id: toPublicId('webhookEndpoint', row.id),
    url: row.url,
    description: row.description,
    event_types: row.event_types,
    connection_ids: row.connection_ids?.map((id) => toPublicId('connection', id)) ?? null,
    header_names: row.header_names,
    enabled: row.disabled_at === null,
    disabled_reason: row.disabled_reason,
    disabled_at: row.disabled_at?.toISOString() ?? null,
    needs_attention: row.disabled_reason === 'failing' || row.disabled_reason === 'gone',
    previous_secret_until: overlapEnd(row),
    health: {
      failing_since: row.failing_since?.toISOString() ?? null,
      last_success_at: row.last_success_at?.toISOString() ?? null,
      last_failure_at: row.last_failure_at?.toISOString() ?? null,
      last_error: errorOf(row.last_error),
      resume_at: row.resume_at?.toISOString() ?? null,
    },
    created_at: row.created_at.toISOString(),
    updated_at: row.updated_at.toISOString(),
  };
}

/** As the audit log shows it: what a person has set, not how it fares. */
export function toAuditedEndpoint(row: EndpointRow): unknown {
  const { health: _health, updated_at: _updated, ...settings } = toEndpointResponse(row);
  return settings;
}

function overlapEnd({ previous_secret_until: until }: EndpointRow): string | null {
  return until === null || until.getTime() <= Date.now() ? null : until.toISOString();
}

function errorOf(error: JsonObject | null): WebhookEndpointResponse['health']['last_error'] {
  if (error === null) return null;
  const { category, code, message } = error as { category: string; code: string; message: string };
  return { category, code, message };
}

export function toEventType(kind: NoticeKind): WebhookEventTypesResponse['data'][number] {
  const body = z.object({
    id: z.string().describe('The `webhook-id`: the same for every attempt.'),
    type: z.literal(kind.type),
    timestamp: z.string().meta({ format: 'date-time' }).describe('When it happened.'),
    data: kind.data,
  });
  return {
    type: kind.type,
    summary: kind.summary,
    schema: z.toJSONSchema(body),
    example: JSON.parse(
      noticePayload({ id: EXAMPLE_ID, type: kind.type, at: EXAMPLE_AT, data: kind.example }),
    ) as Record<string, unknown>,
  };
}

type DeliveryView = WebhookDeliveryListResponse['data'][number];
type AttemptView = WebhookDeliveryResponse['attempt_list'][number];

/** @param shown whether the caller may read payloads: what a receiver answers may be made of what it was told */
export function toWebhookDelivery(row: NoticeRow, shown: boolean): DeliveryView {
  return {
    id: toPublicId('delivery', row.id),
    webhook_id: row.public_id,
    event_type: row.type,
    status: row.status,
    reason: row.reason,
    attempts: row.attempts,
    next_attempt_at: row.next_attempt_at?.toISOString() ?? null,
    resend_of: row.replay_of === null ? null : toPublicId('delivery', row.replay_of),
    created_at: row.created_at.toISOString(),
    settled_at: row.settled_at?.toISOString() ?? null,
    last_attempt:
      row.attempt_number === null || row.attempt_started_at === null || row.attempt_outcome === null
        ? null
        : toAttempt(
            {
              number: row.attempt_number,
              started_at: row.attempt_started_at,
              duration_ms: row.attempt_duration_ms ?? 0,
              outcome: row.attempt_outcome,
              message: row.attempt_message,
              response: row.attempt_response,
            },
            shown,
          ),
  };
}

export function toWebhookDeliveryDetail(
  row: NoticeRow,
  attempts: readonly AttemptRow[],
  shown: boolean,
): WebhookDeliveryResponse {
  return {
    ...toWebhookDelivery(row, shown),
    payload: row.payload === undefined || !shown ? null : JSON.parse(row.payload),
    attempts_made: attempts[0]?.made ?? 0,
    attempt_list: attempts.map((attempt) => toAttempt(attempt, shown)),
  };
}

function toAttempt(
  attempt: Pick<AttemptRow, 'number' | 'started_at' | 'duration_ms' | 'outcome' | 'message' | 'response'>,
  shown: boolean,
): AttemptView {
  const answer =
    attempt.response === null ? null : (JSON.parse(attempt.response) as { status?: number; body?: string | null });
  return {
    number: attempt.number,
    started_at: attempt.started_at.toISOString(),
    duration_ms: attempt.duration_ms,
    outcome: attempt.outcome,
    http_status: answer?.status ?? null,
    message: attempt.message,
    response_body: shown ? (answer?.body ?? null) : null,
  };
}
