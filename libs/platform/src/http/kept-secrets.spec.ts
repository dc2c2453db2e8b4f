import { refuseKeptSecret } from './kept-secrets';

const BEFORE = ['https://api.example.com/v1/{payload.id}', 'https://login.example.com', '1234567_SB1'];

function refused(...values: string[]): string[] {
  const after = values.map((value, index) => ({ pointer: `/${index}`, value }));
  return (refuseKeptSecret(BEFORE, after)?.faults ?? []).map(({ pointer, code }) => `${pointer} ${code}`);
}

describe('a kept secret', () => {
  it('goes on to every host that it went to', () => {
    expect(refused(...BEFORE)).toEqual([]);
    expect(refused('https://API.example.com:443/v2', 'https://login.example.com/token')).toEqual([]);
    expect(refused()).toEqual([]);
  });

  it('goes to no other host, port or scheme', () => {
    expect(
      refused(
        'https://api.example.com.evil.example/v1/{payload.id}',
        'https://api.example.com/',
        'http://api.example.com/',
        'https://api.example.com:8443/',
        '7654321',
      ),
    ).toEqual(['/0', '/2', '/3', '/4'].map((pointer) => `${pointer} credentials_required`));
  });

  it('was entered for no host at all where none was named', () => {
    expect(refuseKeptSecret([], [{ pointer: '/url', value: 'https://api.example.com' }])?.code).toBe(
      'credentials_required',
    );
  });
});
