import { type PulledRecord } from '@hub/connector-sdk';
import { pendingWrite, withWrite, type RecordMemory } from './echo-detector';

const MINUTE = 60_000;

export function pulled(data: unknown, more: Partial<PulledRecord> = {}): PulledRecord {
  return {
    object: 'Customer',
    id: '58',
    change: 'updated',
    version: null,
    modifiedAt: null,
    modifiedByUs: null,
    dataText: typeof data === 'string' ? data : JSON.stringify(data),
    ...more,
  };
}
export const at = (minutes: number): number => minutes * MINUTE;
export const wrote = (
  memory: RecordMemory,
  payload: unknown,
  more: { from?: number; at?: number; version?: string; created?: boolean } = {},
): RecordMemory => ({
  ...memory,
  writes: withWrite(
    memory.writes,
    pendingWrite(typeof payload === 'string' ? payload : JSON.stringify(payload), {
      from: more.from ?? more.at ?? at(1),
      at: more.at ?? at(1),
      version: more.version ?? null,
      created: more.created ?? false,
    }),
  ),
});
