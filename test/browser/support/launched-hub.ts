import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { DevFileContent } from '../../../apps/launcher/src/data-folder/dev-file';

export type DevFile = DevFileContent;

const LAUNCHER = path.resolve(__dirname, '../../../dist/apps/launcher/src');
const START_TIMEOUT_MS = 120_000;
/** Below the range from which systems pick ports by themselves. */
const [FIRST_PORT, PORTS] = [12_000, 15_000];
/** Somebody else may have taken one of the ports. */
const ATTEMPTS = 5;

/** What `npm start` runs, with a data folder and ports of its own. */
export class LaunchedHub {
  private constructor(
    private readonly child: ChildProcess,
    private readonly folder: string,
    readonly dev: DevFile,
  ) {}

  static async start(folder: string): Promise<LaunchedHub> {
    for (let attempt = 1; ; attempt++) {
      const port = FIRST_PORT + Math.floor(Math.random() * PORTS);
      const log = path.join(folder, 'launcher.log');
      const child = launch('main.js', folder, log, {
        HUB_PORT: String(port),
        HUB_SANDBOX_PORT: String(port + 10),
        HUB_API_PROCESSES: '1',
      });
      const dev = await readyOf(child, path.join(folder, 'dev.json'));
      if (dev !== null) return new LaunchedHub(child, folder, dev);
      const said = fs.readFileSync(log, 'utf8');
      if (attempt === ATTEMPTS || !/port/i.test(said)) throw new Error(`the hub did not start:\n${said}`);
    }
  }

  /** What `npm run demo` sends: events of every fate, and a sale that goes through all four systems. */
  async sendDemo(): Promise<void> {
    const log = path.join(this.folder, 'demo.log');
    const [code] = (await once(launch('demo/main.js', this.folder, log, {}), 'close')) as [number | null];
    if (code !== 0) throw new Error(`the demo failed:\n${fs.readFileSync(log, 'utf8')}`);
  }

  async stop(): Promise<void> {
    const closed = once(this.child, 'close');
    this.child.kill('SIGTERM');
    await closed;
  }
}

function launch(program: string, folder: string, log: string, env: Readonly<Record<string, string>>): ChildProcess {
  const out = fs.openSync(log, 'w');
  try {
    return spawn(process.execPath, [path.join(LAUNCHER, program)], {
      env: { ...process.env, HUB_DATA_DIR: folder, ...env },
      stdio: ['ignore', out, out],
    });
  } finally {
    fs.closeSync(out);
  }
}

/** Null when it ended instead. */
async function readyOf(child: ChildProcess, file: string): Promise<DevFile | null> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (child.exitCode === null && child.signalCode === null) {
    if (fs.existsSync(file)) return JSON.parse(fs.readFileSync(file, 'utf8')) as DevFile;
    if (Date.now() > deadline) {
      child.kill('SIGKILL');
      throw new Error('the hub was not ready in time');
    }
    await delay(50);
  }
  return null;
}
