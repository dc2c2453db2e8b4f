import { type AccountUser } from '../netsuite.account';
import { type ApiReply, type ApiRequest } from '../netsuite.context';

/** One piece of a job, with the answer it would have had as a call of its own. */
export interface AsyncTask {
  readonly id: string;
  readonly request: ApiRequest;
  reply: ApiReply | undefined;
}

export interface AsyncJob {
  readonly id: string;
  readonly user: AccountUser;
  /** Addresses in the results lead to where the job was handed in. */
  readonly base: string;
  readonly submittedMs: number;
  readonly idempotencyKey: string | undefined;
  readonly tasks: readonly AsyncTask[];
}

export type Progress = 'pending' | 'processing' | 'succeeded' | 'failed';

export class AsyncJobs {
  private readonly jobs = new Map<string, AsyncJob>();
  private nextId = 1;

  add(job: Omit<AsyncJob, 'id'>): AsyncJob {
    const added = { ...job, id: String(this.nextId++) };
    this.jobs.set(added.id, added);
    return added;
  }

  get(id: string): AsyncJob | undefined {
    return this.jobs.get(id);
  }

  all(): IterableIterator<AsyncJob> {
    return this.jobs.values();
  }

  /** A key is a user's own: another's job stays unseen. */
  withKey(user: AccountUser, key: string): AsyncJob | undefined {
    return [...this.jobs.values()].find((job) => job.idempotencyKey === key && job.user === user);
  }
}

export function taskProgress({ reply }: AsyncTask, job: AsyncJob, nowMs: number, stepMs: number): Progress {
  if (reply) return reply.status < 400 ? 'succeeded' : 'failed';
  return nowMs - job.submittedMs < stepMs ? 'pending' : 'processing';
}

export function jobProgress(job: AsyncJob, nowMs: number, stepMs: number): Progress {
  const each = job.tasks.map((task) => taskProgress(task, job, nowMs, stepMs));
  const unfinished = each.find((progress) => progress === 'pending' || progress === 'processing');
  return unfinished ?? (each.includes('failed') ? 'failed' : 'succeeded');
}
