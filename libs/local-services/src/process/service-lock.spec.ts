import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeScratchFolder, removeScratchFolder } from '../fixtures/scratch-folder';
import { inspectProcess } from './process-table';
import { acquireServiceLock } from './service-lock';

describe('acquireServiceLock', () => {
  let folder: string;
  let file: string;
  beforeEach(async () => {
    folder = await makeScratchFolder();
    file = join(folder, 'x.owner.json');
  });
  afterEach(() => removeScratchFolder(folder));

  it('refuses a second holder and names the first', async () => {
    const lock = await acquireServiceLock(file, 'Postgres');
    await expect(acquireServiceLock(file, 'Postgres')).rejects.toMatchObject({
      code: 'DATA_DIR_IN_USE',
      message: expect.stringContaining(`process ${process.pid}`),
    });
    await lock.release();
    await (await acquireServiceLock(file, 'Postgres')).release();
  });

  it('takes over from an owner that is gone, whose number was reused, or that left rubbish', async () => {
    const mine = await inspectProcess(process.pid);
    for (const content of [
      JSON.stringify({ pid: 2 ** 22 + 1, startToken: 'x' }),
      JSON.stringify({ pid: process.pid, startToken: `${mine?.startToken}0` }),
      '{"pid":',
      '',
    ]) {
      await writeFile(file, content);
      const lock = await acquireServiceLock(file, 'Postgres');
      expect(JSON.parse(await readFile(file, 'utf8'))).toEqual({ pid: process.pid, startToken: mine?.startToken });
      await lock.release();
    }
  });

  it('says when the folder cannot be written', async () => {
    await expect(acquireServiceLock(join(folder, 'absent', 'x'), 'Postgres')).rejects.toMatchObject({
      code: 'DATA_DIR_UNUSABLE',
    });
  });
});
