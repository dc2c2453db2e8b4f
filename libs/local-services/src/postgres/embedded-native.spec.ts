import { lstat, mkdir, readFile, readlink, readdir, symlink, writeFile, chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { makeScratchFolder, removeScratchFolder } from '../fixtures/scratch-folder';
import { copyToCache, createLibraryLinks, readEmbeddedPackage } from './embedded-native';

describe('embedded package', () => {
  let root: string;
  let scratch: string;

  beforeEach(async () => {
    scratch = await makeScratchFolder();
    root = join(scratch, 'package');
    await mkdir(join(root, 'native', 'lib'), { recursive: true });
    await mkdir(join(root, 'native', 'bin'));
    await writeFile(join(root, 'package.json'), JSON.stringify({ version: '18.4.0-beta.17' }));
    await writeFile(join(root, 'native', 'lib', 'libx.so.1.2'), 'library');
    await writeFile(join(root, 'native', 'bin', 'postgres'), 'program');
    await chmod(join(root, 'native', 'bin', 'postgres'), 0o700);
    await chmod(join(root, 'native', 'lib', 'libx.so.1.2'), 0o600);
    await links([{ source: 'native/lib/libx.so.1.2', target: 'native/lib/libx.so.1' }]);
  });
  afterEach(() => removeScratchFolder(scratch));

  const links = (list: unknown) => writeFile(join(root, 'native', 'pg-symlinks.json'), JSON.stringify(list));

  it('creates the links the install script would have made, relative, and twice without harm', async () => {
    expect(await createLibraryLinks(root)).toBe(true);
    expect(await createLibraryLinks(root)).toBe(true);
    expect(await readlink(join(root, 'native', 'lib', 'libx.so.1'))).toBe('libx.so.1.2');
    expect(await readFile(join(root, 'native', 'lib', 'libx.so.1'), 'utf8')).toBe('library');
  });

  it('leaves an existing link alone and never writes outside native/', async () => {
    await symlink('elsewhere', join(root, 'native', 'lib', 'libx.so.1'));
    await links([
      { source: 'native/lib/libx.so.1.2', target: 'native/lib/libx.so.1' },
      { source: 'native/lib/libx.so.1.2', target: 'native/../../escaped' },
    ]);
    expect(await createLibraryLinks(root)).toBe(true);
    expect(await readlink(join(root, 'native', 'lib', 'libx.so.1'))).toBe('elsewhere');
    expect(await readdir(scratch)).toEqual(['package']);
  });

  it('reports a link it cannot create', async () => {
    await links([{ source: 'native/lib/libx.so.1.2', target: 'native/absent/libx.so.1' }]);
    expect(await createLibraryLinks(root)).toBe(false);
  });

  it('copies once, complete, readable for other accounts, leaving nothing half-done', async () => {
    const embedded = await readEmbeddedPackage(root);
    expect(embedded?.version).toBe('18.4.0-beta.17');
    if (embedded === null) return;
    const cache = join(scratch, 'cache');
    const [copy, same] = await Promise.all([copyToCache(embedded, cache), copyToCache(embedded, cache)]);
    expect(same).toBe(copy);
    expect(await readdir(cache)).toHaveLength(1);
    expect(await readFile(join(copy, 'native', 'lib', 'libx.so.1'), 'utf8')).toBe('library');
    expect((await lstat(join(copy, 'native', 'bin', 'postgres'))).mode & 0o777).toBe(0o755);
    expect((await lstat(join(copy, 'native', 'lib', 'libx.so.1.2'))).mode & 0o777).toBe(0o644);

    await writeFile(join(root, 'native', 'bin', 'postgres'), 'changed');
    expect(await copyToCache(embedded, cache)).toBe(copy);
    expect(await readFile(join(copy, 'native', 'bin', 'postgres'), 'utf8')).toBe('program');
  });

  it('is absent when the package is not complete', async () => {
    expect(await readEmbeddedPackage(join(scratch, 'nothing'))).toBeNull();
  });
});
