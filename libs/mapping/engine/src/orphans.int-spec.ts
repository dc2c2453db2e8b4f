import { spawn, type ChildProcess } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const ENGINE = path.resolve(__dirname, '../../../../dist/libs/mapping/engine/src/index.js');

/** A process with an engine whose only child hangs; it prints the child's id once the child burns. */
const host = (timeLimitMs: number, then: string): string => `
const { createMappingEngine } = require(${JSON.stringify(ENGINE)});
const pids = [];
const engine = createMappingEngine({ poolSize: 1, timeLimitMs: ${timeLimitMs}, onEvent: (event) => event.kind === 'child_started' && pids.push(event.pid) });
engine.evaluate({ expression: '1', inputText: '{}' }).then(() => {
  engine.evaluate({ expression: '$distinct([1..100000])', inputText: '{}' });
  setTimeout(() => { process.stdout.write(pids[0] + '\\n'); setTimeout(() => { ${then} }, 10); }, 50);
});
`;

/** A process that ended but was not yet collected by whoever inherited it counts as gone. */
function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  const stat = `/proc/${pid}/stat`;
  return !fs.existsSync(stat) || !/\) Z /.test(fs.readFileSync(stat, 'utf8'));
}

async function start(script: string): Promise<{ parent: ChildProcess; childPid: number }> {
  const parent = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  const line = await new Promise<string>((resolve) =>
    parent.stdout?.once('data', (data: Buffer) => resolve(data.toString())),
  );
  return { parent, childPid: Number(line.trim()) };
}

describe('orphans', () => {
  it('leaves no burning child behind when the parent is killed', async () => {
    const { parent, childPid } = await start(host(600_000, ''));
    expect(isRunning(childPid)).toBe(true);
    parent.kill('SIGKILL');
    while (isRunning(childPid)) await sleep(10);
    expect(isRunning(childPid)).toBe(false);
  });

  it('ends an item that runs far beyond its limit while the parent is stuck', async () => {
    const { parent, childPid } = await start(
      host(100, 'Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 60_000)'),
    );
    try {
      while (isRunning(childPid)) await sleep(10);
      expect(parent.exitCode).toBeNull();
    } finally {
      parent.kill('SIGKILL');
    }
  });
});
