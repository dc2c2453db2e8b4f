import { type ReplayItemRow, type ReplayView } from '@hub/delivery';
import { type DeliveryAdvisor } from '../dead-letters/delivery-advisor';
import { toItemResponse, toReplayResponse } from './replay.mapper';

const NONE = '01931f00-0000-7000-8000-000000000000';

function replayWith(facts: Partial<ReplayView>, counts: Partial<ReplayView['counts']>): ReplayView {
  return {
    id: NONE,
    action: 'replay',
    status: 'cancelled',
    phase: 'delivering',
    selection: { kind: 'filter', filter: {} },
    mapping: 'current',
    matched: 10,
    created_at: new Date(0),
    started_at: new Date(0),
    ended_at: new Date(0),
    read_at: new Date(0),
    rate_per_second: null,
    error: null,
    counts: { waiting: 0, queued: 0, succeeded: 0, failed: 0, skipped: 0, cancelled: 0, ...counts },
    ...facts,
  } as ReplayView;
}

describe('how far a replay has got', () => {
  it.each([
    ['was stopped', {}, { succeeded: 4, cancelled: 6 }, 0.4],
    ['was stopped before it had found anything', { matched: 0 }, {}, 0],
    ['has come to its end, whatever was taken back of it', { status: 'completed' }, { succeeded: 9, cancelled: 1 }, 1],
    ['gives up, and was stopped', { action: 'cancel' }, { cancelled: 4, waiting: 6 }, 0.4],
    ['goes on', { status: 'running', ended_at: null }, { succeeded: 5, waiting: 5 }, 0.5],
  ] as const)('is told of one that %s', (_which, facts, counts, progress) => {
    expect(toReplayResponse(replayWith(facts as Partial<ReplayView>, counts)).progress).toBe(progress);
  });
});

describe('an item of a replay', () => {
  const item = {
    ...{ id: NONE, tracking_id: NONE, connection_id: NONE, route_id: NONE, new_delivery_id: NONE },
    ...{ connector_id: 'netsuite', outcome: 'failed', reason: 'permanent_failure' },
    ...{ was_sent: null, would_send: null, changes: null, mapping_id: null, settled_at: null },
    error: { category: 'validation', code: '6240', message: 'duplicate', fields: ['secret'] },
  } as unknown as ReplayItemRow;
  const asked: unknown[] = [];
  const advisor = {
    ofFailure: (...facts: unknown[]) => {
      asked.push(facts);
      return { title: 'duplicate name', explanation: 'It is there already.', action: 'Rename it.' };
    },
  } as unknown as DeliveryAdvisor;

  it('says what its delivery died of and what to do about it', () => {
    expect(toItemResponse(item, advisor, false)).toMatchObject({
      error: { category: 'validation', code: '6240', message: 'duplicate' },
      advice: { title: 'duplicate name', explanation: 'It is there already.', action: 'Rename it.' },
    });
    expect(asked).toEqual([['netsuite', { category: 'validation', code: '6240', reason: 'permanent_failure' }]]);
  });

  it('has no advice where nothing failed', () => {
    expect(toItemResponse({ ...item, error: null }, advisor, false)).toMatchObject({ error: null, advice: null });
  });
});
