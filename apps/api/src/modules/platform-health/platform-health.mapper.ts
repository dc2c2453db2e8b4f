import { type ProcessRow } from '@hub/database';
import { type PlatformHealthResponse } from './dto/platform-health.response';
import { type PlatformHealth, type QueueHealth } from './platform-health.service';

/** Three heartbeats. */
const SILENT_AFTER_SECONDS = 30;

export function toPlatformHealthResponse(health: PlatformHealth, now: Date): PlatformHealthResponse {
  const { due, oldestDueAt } = health.backlog;
  return {
    at: now.toISOString(),
    processes: health.processes.map(processView),
    queue_backend: health.backend,
    queues: health.queues.map(queueView),
    deliveries: { due, oldest_due_at: oldestDueAt?.toISOString() ?? null },
  };
}

function processView(row: ProcessRow): PlatformHealthResponse['processes'][number] {
  return {
    id: row.id,
    kind: row.kind,
    host: row.host,
    pid: row.pid,
    state: row.silent_seconds > SILENT_AFTER_SECONDS ? 'silent' : 'up',
    started_at: row.started_at.toISOString(),
    seen_at: row.seen_at.toISOString(),
  };
}

function queueView({ name, jobs }: QueueHealth): PlatformHealthResponse['queues'][number] {
  const count = (state: string): number => jobs?.[state] ?? 0;
  return {
    name,
    reachable: jobs !== null,
    waiting: count('waiting'),
    active: count('active'),
    delayed: count('delayed'),
    failed: count('failed'),
  };
}
