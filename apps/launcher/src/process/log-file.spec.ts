import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LogFile } from './log-file';

describe('LogFile', () => {
  let folder: string;
  let path: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'hub-log-'));
    path = join(folder, 'api.log');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('goes on where an earlier run stopped, for its owner only', () => {
    for (const text of ['one\n', 'two\n']) {
      const log = new LogFile(path);
      log.write(text);
      log.close();
    }
    expect(readFileSync(path, 'utf8')).toBe('one\ntwo\n');
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('keeps one older file and starts anew when large', () => {
    const log = new LogFile(path, 10);
    for (const text of ['0123456789', 'abcdefghij', 'tail']) log.write(text);
    log.close();
    expect(readFileSync(path, 'utf8')).toBe('tail');
    expect(readFileSync(`${path}.1`, 'utf8')).toBe('abcdefghij');
    expect(readdirSync(folder)).toHaveLength(2);
  });

  it('rotates at the start what grew too large before', () => {
    writeFileSync(path, 'x'.repeat(20));
    const log = new LogFile(path, 10);
    log.write('new');
    log.close();
    expect(readFileSync(path, 'utf8')).toBe('new');
  });
});
