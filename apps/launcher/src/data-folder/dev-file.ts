import { readFile, rm } from 'node:fs/promises';
import { z } from 'zod';
import { systemCode } from '@hub/local-services';
import { err, ok, type Result } from '@hub/platform';
import { writePrivateFile } from './private-file';

const url = z.string().min(1);
const pid = z.number().int().positive().nullable();

/**
 * What a running development hub says about itself, for scripts. `null` stands for what this hub does not have or does
 * not run itself; it is never an address that answers nothing.
 */
const DEV_FILE = z.object({
  api_url: url,
  portal_url: url,
  metrics_url: url,
  worker_metrics_url: url,
  sandbox_url: url,
  salesforce_url: url,
  quickbooks_url: url,
  netsuite_url: url,
  erp_url: url,
  /** Bearer token of the sandbox's control planes (`/__admin`). */
  sandbox_control_token: z.string(),
  /** As the role of API and worker, behind row-level security. */
  database_url: url,
  /** Null when the queue runs on PostgreSQL. */
  redis_url: url.nullable(),
  pids: z.object({ launcher: pid, api: pid, worker: pid, sandbox: pid, postgres: pid, redis: pid }),
  operator_key: z.string(),
  /** Somebody who runs the hub, for the portal. */
  operator: z.object({ email: z.string(), password: z.string() }),
  tenants: z.array(
    z.object({
      id: z.string(),
      slug: z.string(),
      tier: z.string(),
      api_key: z.string(),
      users: z.array(z.object({ email: z.string(), password: z.string(), role: z.string() })),
    }),
  ),
});

export type DevFileContent = z.infer<typeof DEV_FILE>;

/**
 * `dev.json`: there while the hub is ready, gone when it is stopped, so that no script reads the addresses of yesterday.
 * (After a `kill -9` it stays until the next start; whoever reads it should ask `/health/ready`.)
 */
export class DevFile {
  private writing: Promise<void> = Promise.resolve();
  private content: DevFileContent | null = null;

  constructor(private readonly file: string) {}

  publish(content: DevFileContent): Promise<void> {
    this.content = content;
    return this.queue(() => writePrivateFile(this.file, `${JSON.stringify(content, null, 2)}\n`));
  }

  /** New process numbers after a restart; nothing happens before the first {@link publish}. */
  async updatePids(pids: DevFileContent['pids']): Promise<void> {
    if (this.content !== null) await this.publish({ ...this.content, pids });
  }

  remove(): Promise<void> {
    this.content = null;
    return this.queue(() => rm(this.file, { force: true }));
  }

  /** One at a time: restarts may overlap, and the last word must be the newest. */
  private queue(work: () => Promise<void>): Promise<void> {
    const done = this.writing.then(work);
    this.writing = done.catch(() => undefined);
    return done;
  }
}

/** For scripts of this repository: the running hub's description, or why there is none. */
export async function readDevFile(file: string): Promise<Result<DevFileContent, 'absent' | 'unreadable'>> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    return err(systemCode(error) === 'ENOENT' ? 'absent' : 'unreadable');
  }
  try {
    const parsed = DEV_FILE.safeParse(JSON.parse(text));
    return parsed.success ? ok(parsed.data) : err('unreadable');
  } catch {
    return err('unreadable');
  }
}
