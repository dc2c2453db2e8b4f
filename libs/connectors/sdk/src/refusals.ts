import { type ConnectorError } from './connector-error';
import { type DeliveryRecord, type RecordOutcome } from './connector';

/** The same answer for each record of a call that cannot be made. */
export function refuseAll(records: readonly DeliveryRecord[], error: ConnectorError): readonly RecordOutcome[] {
  return records.map(() => ({ ok: false, error }));
}

/** @param why what the connector's `checkOperation` says of the operation */
export function unknownOperation(why: string | null): ConnectorError {
  return { category: 'config', code: 'unknown_operation', message: why ?? 'Unknown operation' };
}
