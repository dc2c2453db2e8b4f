import { redisConfig } from './redis-config';

const base = { port: 7001, password: 'secret', folder: '/data/my "redis" \\ dir', pidFile: '/data/p', persist: true };

describe('redisConfig', () => {
  it('is private, evicts nothing and flushes every second', () => {
    const lines = redisConfig(base).split('\n');
    for (const line of [
      'bind 127.0.0.1',
      'port 7001',
      'requirepass "secret"',
      'appendonly yes',
      'appendfsync everysec',
      'maxmemory-policy noeviction',
    ]) {
      expect(lines).toContain(line);
    }
  });

  it('writes nothing when not asked to persist', () => {
    expect(redisConfig({ ...base, persist: false }).split('\n')).toEqual(
      expect.arrayContaining(['appendonly no', 'save ""']),
    );
  });

  it('quotes paths', () => {
    expect(redisConfig(base)).toContain(String.raw`dir "/data/my \"redis\" \\ dir"`);
  });
});
