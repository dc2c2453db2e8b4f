import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeScratchFolder, removeScratchFolder } from '../fixtures/scratch-folder';
import { selfIdentity } from '../process/process-identity';
import { findRedisBinary } from './redis-binary';

describe('findRedisBinary', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await makeScratchFolder();
  });
  afterEach(() => removeScratchFolder(folder));

  async function install(name: string, banner: string, mode = 0o755): Promise<void> {
    await writeFile(join(folder, name), `#!/bin/sh\necho '${banner}'\n`);
    await chmod(join(folder, name), mode);
  }

  it('answers null when nothing is installed', async () => {
    expect(await findRedisBinary(selfIdentity(), [folder, '/does/not/exist'], () => undefined)).toBeNull();
  });

  it.each([
    ['redis-server', 'Redis server v=6.2.0 sha=00000000:0 malloc=jemalloc-5.1.0 bits=64', '6.2.0'],
    ['valkey-server', 'Valkey server v=8.0.1 sha=00000000:0 malloc=jemalloc-5.3.0 bits=64', '8.0.1'],
    ['redis-server', 'Redis server v=10.0.0 sha=0', '10.0.0'],
  ])('accepts %s: %s', async (name, banner, version) => {
    await install(name, banner);
    expect(await findRedisBinary(selfIdentity(), [folder], () => undefined)).toEqual({
      file: join(folder, name),
      version,
    });
  });

  it('passes over one that is too old, and says so', async () => {
    await install('redis-server', 'Redis server v=6.0.16 sha=00000000:0');
    const lines: string[] = [];
    expect(await findRedisBinary(selfIdentity(), [folder], (line) => lines.push(line))).toBeNull();
    expect(lines.join()).toContain('6.0.16');
    await install('valkey-server', 'Valkey server v=7.2.5 sha=0');
    expect((await findRedisBinary(selfIdentity(), [folder], () => undefined))?.version).toBe('7.2.5');
  });

  it('passes over files that cannot be executed', async () => {
    await install('redis-server', 'Redis server v=7.0.0 sha=0', 0o644);
    expect(await findRedisBinary(selfIdentity(), [folder], () => undefined)).toBeNull();
  });
});
