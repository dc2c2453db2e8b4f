import { postgresArguments } from './postgres-settings';

function asSettings(args: readonly string[]): Record<string, string> {
  const pairs = args
    .filter((arg) => arg.includes('='))
    .map((arg) => [arg.split('=')[0] ?? '', arg.split('=')[1] ?? '']);
  return Object.fromEntries(pairs) as Record<string, string>;
}

describe('postgresArguments', () => {
  it('listens on loopback only, without a unix socket', () => {
    const args = postgresArguments('/data/pgdata', 5433, true);
    expect(args.slice(0, 2)).toEqual(['-D', '/data/pgdata']);
    expect(asSettings(args)).toMatchObject({
      listen_addresses: '127.0.0.1',
      port: '5433',
      unix_socket_directories: '',
      max_connections: '200',
      password_encryption: 'scram-sha-256',
    });
  });

  it('keeps fsync unless told that the data do not matter', () => {
    expect(asSettings(postgresArguments('/d', 1, true))).not.toHaveProperty('fsync');
    expect(asSettings(postgresArguments('/d', 1, false))).toMatchObject({ fsync: 'off', full_page_writes: 'off' });
  });

  it('lets the caller change what is not protected', () => {
    const args = postgresArguments('/d', 1, true, { max_connections: '30', 'pg_trgm.similarity_threshold': '0.4' });
    expect(asSettings(args)).toMatchObject({ max_connections: '30', 'pg_trgm.similarity_threshold': '0.4' });
  });

  it.each(['listen_addresses', 'port', 'data_directory', 'hba_file', 'Port', 'x y', '-c'])('refuses %p', (name) => {
    expect(() => postgresArguments('/d', 1, true, { [name]: '*' })).toThrow(
      expect.objectContaining({ code: 'INVALID_OPTION' }) as Error,
    );
  });
});
