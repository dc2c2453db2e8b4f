/** @jest-environment jsdom */
import { previewMapping } from '@hub/api-client';
import { previewOutcome } from './preview';

jest.mock('@hub/api-client', () => ({
  client: { setConfig: jest.fn() },
  previewMapping: jest.fn(),
}));

/** Of an expression that ends with this error. */
async function kindOf(code: string): Promise<string> {
  const error = { code, message: 'm', offset: null, line: null, column: null, token: null };
  jest.mocked(previewMapping).mockResolvedValue({ data: { error }, response: { ok: true } } as never);
  const { kind } = await previewOutcome({ expression: '$', inputText: '{}' });
  return kind;
}

it.each([
  ['mapping_timeout', 'cut_off'],
  ['mapping_memory', 'cut_off'],
  ['mapping_failed', 'failed'],
  ['mapping_skipped', 'skipped'],
  ['mapping_link_missing', 'waits'],
  ['mapping_syntax', 'syntax'],
])('%s of a sample is shown as %s', async (code, kind) => expect(await kindOf(code)).toBe(kind));
