import { PassThrough } from 'node:stream';
import { Terminal } from './terminal';

function create(isInteractive: boolean): { terminal: Terminal; text: () => string } {
  const out = new PassThrough();
  return {
    terminal: new Terminal(out, isInteractive),
    text: () => (out.read() as Buffer | null)?.toString('utf8') ?? '',
  };
}

describe('Terminal', () => {
  it('says what was done, from the outcome', async () => {
    const { terminal, text } = create(false);
    expect(
      await terminal.step(
        'Postgres',
        () => Promise.resolve(18),
        (version) => `Postgres ${version}`,
      ),
    ).toBe(18);
    expect(text()).toMatch(/^ {2}✓ Postgres 18 +\d+\.\d\d s\n$/);
  });

  it('does not claim a step that failed', async () => {
    const { terminal, text } = create(true);
    await expect(terminal.step('API', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    terminal.say('stopped');
    expect(text()).not.toContain('✓');
  });

  it('shows what is under way only to a person, below other lines', async () => {
    const { terminal, text } = create(true);
    await terminal.step('API', () => {
      terminal.say('[api] warning: slow');
      return Promise.resolve();
    });
    expect(text().replaceAll('\r\u001b[2K', '<')).toMatch(/^ {2}… API<\[api\] warning: slow\n {2}… API</);
    const plain = create(false);
    await plain.terminal.step(
      'API',
      () => Promise.resolve(),
      () => null,
    );
    expect(plain.text()).toBe('');
  });
});
