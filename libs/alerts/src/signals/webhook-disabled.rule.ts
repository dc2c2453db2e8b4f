import { toPublicId } from '@hub/platform';
import { type AlertRule, seen } from '../rules/rule.types';

interface Row extends Record<string, unknown> {
  id: string;
  description: string;
  disabled_reason: 'failing' | 'gone';
  disabled_at: Date;
}

const WHY: Readonly<Record<Row['disabled_reason'], string>> = {
  failing: 'every attempt has failed for days',
  gone: 'it answered 410 Gone',
};

export const webhookDisabled: AlertRule = {
  id: 'webhook_disabled',
  title: 'Webhook endpoint switched off',
  description: 'Webhook endpoints that the hub has switched off because they take no notices.',
  advice: 'Mend the receiver and enable the endpoint again; what it missed can be sent afterwards.',
  threshold: null,
  leastVolume: null,
  forSeconds: 0,
  repeatSeconds: 86_400,
  severity: 'critical',
  clearAfterSeconds: 0,
  async read(tx) {
    // Whoever has switched one off themselves knows.
    const rows = await tx.query<Row>(
      `select id, description, disabled_reason, disabled_at from webhook_endpoints
       where tenant_id = $1 and deleted_at is null and disabled_reason in ('failing', 'gone')`,
      [tx.tenantId],
      'signal_webhooks',
    );
    return seen(
      rows.map((row) => {
        const id = toPublicId('webhookEndpoint', row.id);
        return {
          subject: id,
          connection: null,
          title: `Webhook endpoint ${row.description === '' ? id : row.description} is switched off`,
          causes: [{ what: `${id}: ${WHY[row.disabled_reason]}`, since: row.disabled_at.toISOString() }],
          value: null,
        };
      }),
    );
  },
};
