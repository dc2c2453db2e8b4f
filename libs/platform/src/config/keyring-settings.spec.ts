import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseSettings } from './environment';
import { keyringSettings, openKeyring, type KeyringSettings } from './keyring-settings';

const KEYS = `k1:${Buffer.alloc(32, 1).toString('base64')}`;

const settings = (variables: Record<string, string | undefined>): KeyringSettings => {
  const parsed = parseSettings(keyringSettings, variables);
  if (!parsed.ok) throw new Error(parsed.error.join());
  return parsed.value;
};

describe('the master keys', () => {
  it.each([{}, { HUB_MASTER_KEYS: KEYS, HUB_MASTER_KEYS_FILE: '/run/secrets/keys' }, { HUB_MASTER_KEYS_FILE: '' }])(
    'are given in exactly one way: %o',
    (variables) => {
      expect(parseSettings(keyringSettings, variables)).toEqual({
        ok: false,
        error: ['HUB_MASTER_KEYS: exactly one of HUB_MASTER_KEYS and HUB_MASTER_KEYS_FILE must be set'],
      });
    },
  );

  it('are read from the environment or from a file', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'keyring-'));
    try {
      const path = join(folder, 'keys');
      await writeFile(path, `# made in spring\n${KEYS}\n`);
      for (const variables of [{ HUB_MASTER_KEYS: KEYS }, { HUB_MASTER_KEYS: '', HUB_MASTER_KEYS_FILE: path }])
        expect(await openKeyring(settings(variables))).toMatchObject({ ok: true, value: { activeKeyId: 'k1' } });
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('are named when they cannot be used, and not repeated', async () => {
    const told = [
      parseSettings(keyringSettings, { HUB_MASTER_KEYS: 'canary' }),
      parseSettings(keyringSettings, { HUB_MASTER_KEYS: `${KEYS},${KEYS}` }),
      parseSettings(keyringSettings, { HUB_MASTER_KEYS: 'k1:Y2FuYXJ5' }),
      parseSettings(keyringSettings, { HUB_MASTER_KEYS: '#' }),
      await openKeyring(settings({ HUB_MASTER_KEYS_FILE: '/nowhere/canary' })),
    ];
    expect(told).toEqual([
      { ok: false, error: ['HUB_MASTER_KEYS: Master key 1 is not "<id>:<base64>"'] },
      { ok: false, error: ['HUB_MASTER_KEYS: Master key "k1" is given twice'] },
      { ok: false, error: ['HUB_MASTER_KEYS: Master key "k1" must have 32 bytes'] },
      { ok: false, error: ['HUB_MASTER_KEYS: The keyring is empty'] },
      { ok: false, error: expect.stringMatching(/^HUB_MASTER_KEYS_FILE: .*ENOENT/) },
    ]);
    expect(JSON.stringify(told)).not.toMatch(/canary|Y2FuYXJ5|AQEB/);
  });
});
