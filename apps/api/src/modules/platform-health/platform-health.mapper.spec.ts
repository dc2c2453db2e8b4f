import { toPlatformHealthResponse } from './platform-health.mapper';

const NOW = new Date('2026-11-20T10:00:00.000Z');
const row = { kind: 'worker' as const, host: 'h', pid: 7, started_at: NOW, seen_at: NOW };

it('tells silence from life, and a queue that is away from one that is empty', () => {
  const answer = toPlatformHealthResponse(
    {
      processes: [
        { ...row, id: 'w-1', silent_seconds: 29 },
        { ...row, id: 'w-2', silent_seconds: 31 },
      ],
      backend: 'redis',
      queues: [
        { name: 'drain', jobs: { waiting: 3, active: 1 } },
        { name: 'pull', jobs: null },
      ],
      backlog: { due: 4, oldestDueAt: NOW },
    },
    NOW,
  );
  expect(answer.processes.map(({ state }) => state)).toEqual(['up', 'silent']);
  expect(answer.queues).toEqual([
    { name: 'drain', reachable: true, waiting: 3, active: 1, delayed: 0, failed: 0 },
    { name: 'pull', reachable: false, waiting: 0, active: 0, delayed: 0, failed: 0 },
  ]);
  expect(answer.deliveries).toEqual({ due: 4, oldest_due_at: NOW.toISOString() });
});
