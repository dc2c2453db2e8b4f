import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { once } from 'node:events';

const ENTRY = join(__dirname, '../../../dist/apps/sandbox/src/main.js');

describe('the sandbox process', () => {
  const children: ChildProcess[] = [];
  const start = (...flags: string[]): ChildProcess => {
    const child = spawn(process.execPath, [ENTRY, ...flags], { stdio: ['pipe', 'pipe', 'pipe'] });
    children.push(child);
    return child;
  };
  const output = async (stream: NodeJS.ReadableStream | null): Promise<string> => {
    const chunks: string[] = [];
    for await (const chunk of stream ?? []) chunks.push(String(chunk));
    return chunks.join('');
  };
  const ready = async (child: ChildProcess): Promise<{ ready: boolean; index_url: string; salesforce_url: string }> => {
    const [line] = (await once(child.stdout ?? process.stdin, 'data')) as [Buffer];
    return JSON.parse(line.toString()) as { ready: boolean; index_url: string; salesforce_url: string };
  };

  beforeAll(() => {
    if (!existsSync(ENTRY)) throw new Error('build first: node tools/build.cjs');
  });
  afterEach(() => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
  });

  it('says where it listens, and ends on SIGTERM', async () => {
    const child = start('--index-port', '0', '--control-token', 't');
    const line = await ready(child);
    expect(line.ready).toBe(true);
    expect((await fetch(`${line.index_url}/health`)).status).toBe(200);
    expect((await fetch(`${line.salesforce_url}/services/data/`)).status).toBe(200);
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([0, null]);
  });

  it('ends when its parent is gone', async () => {
    const child = start('--index-port', '0', '--control-token', 't', '--exit-with-parent');
    await ready(child);
    child.stdin?.end();
    expect(await once(child, 'exit')).toEqual([0, null]);
  });

  it('names the port that is taken', async () => {
    const blocker = createServer().listen(0, '127.0.0.1');
    await once(blocker, 'listening');
    const { port } = blocker.address() as AddressInfo;
    const child = start('--index-port', String(port), '--control-token', 't');
    const [message, [code]] = await Promise.all([output(child.stderr), once(child, 'exit')]);
    expect([message, code]).toEqual([
      `sandbox: the sandbox cannot use port ${port} for the index page: it is in use\n`,
      1,
    ]);
    blocker.close();
  });

  it('explains flags that are wrong', async () => {
    const child = start('--index-port', 'x', '--control-token', 't');
    const [message, [code]] = await Promise.all([output(child.stderr), once(child, 'exit')]);
    expect(code).toBe(1);
    expect(message).toContain('index-port');
  });
});
