import { type ConnectorError, type RecordOutcome } from '@hub/connector-sdk';
import { err, ok, type Result } from '@hub/platform';
import { type ErpAnswer } from './erp.client';
import { type Entity } from './erp.contract';
import { errorOfFault, faultOfAction, UNREADABLE_ANSWER } from './erp.errors';
import { member, textOf } from './erp.fault';
import { idOf } from './erp.ids';
import { type Members } from './erp.members';
import { type ErpSettings } from './erp.settings';

/** A write as it was sent. */
export interface Sent {
  readonly entity: Entity;
  readonly members: Members;
  /** That it had to have; null for any. */
  readonly version: string | null;
  /** It can only have made a record: a repeat of it tells of that, too. */
  readonly made: boolean;
}

type Written = Omit<Extract<RecordOutcome, { ok: true }>, 'ok' | 'exchange'>;

/** What a `Result` says. Some systems report what they refuse in it, with a good status. */
export function outcomeOf(settings: ErpSettings, sent: Sent, answer: ErpAnswer): Result<Written, ConnectorError> {
  const result = answer['Result'];
  const action = textOf(member(result, 'Action'))?.trim();
  if (action === undefined || action === '') return err(UNREADABLE_ANSWER);
  const fault = faultOfAction(action);
  if (fault !== null) return err(errorOfFault(fault, 200));
  const created = createdBy(action, sent.made);
  if (created === null) {
    const message = `The ERP reports an action that its contract does not know: ${action.slice(0, 60)}`;
    return err({ category: 'validation', code: 'unexpected_action', message });
  }
  const date = sent.members['InvDate'];
  const key = textOf(member(result, 'Key'))?.trimEnd() ?? '';
  const version = textOf(member(result, 'RowVersion'))?.trim();
  return ok({
    externalId: key === '' ? null : idOf(sent.entity, key, typeof date === 'string' ? date : null, settings),
    ...(created === undefined ? {} : { created }),
    ...(version === undefined || version === '' ? {} : { version }),
  });
}

/** Undefined where a repeat does not say what the first one did; null for an action that nobody knows. */
function createdBy(action: string, made: boolean): boolean | undefined | null {
  switch (action.toLowerCase()) {
    case 'created':
      return true;
    case 'updated':
    case 'unchanged':
      return false;
    case 'duplicate':
      return made ? true : undefined;
    default:
      return null;
  }
}
