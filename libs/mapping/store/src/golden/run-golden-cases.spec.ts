import { type MappingEngine, type MappingErrorCode } from '@hub/mapping-engine';
import { err, newUuid } from '@hub/platform';
import { type GoldenCase } from './golden-case.types';
import { problemOfGoldenCases, runGoldenCases } from './run-golden-cases';

const MUST_FAIL: GoldenCase = {
  id: newUuid(),
  name: 'no customer',
  inputText: '{}',
  event: null,
  links: [],
  outcome: 'failed',
  ignored: [],
  createdAt: new Date(),
  updatedAt: new Date(),
};

/** What becomes of a case that must fail when the mapping ends so. */
async function endingIn(code: MappingErrorCode): Promise<unknown> {
  const engine = {
    evaluateMany: () => Promise.resolve([err({ code, message: 'as the test wants' })]),
  } as unknown as MappingEngine;
  const results = await runGoldenCases(engine, { expression: '$', tables: {} }, [MUST_FAIL], 'lane');
  if (!results.ok) throw new Error(results.error.detail);
  return problemOfGoldenCases(results.value);
}

describe('a golden case that must fail', () => {
  it('passes when the mapping refuses the input', async () => {
    expect(await endingIn('mapping_runtime')).toBeNull();
  });

  it.each(['mapping_timeout', 'mapping_memory'] as const)('does not pass for %s', async (code) => {
    expect(await endingIn(code)).toMatchObject({
      code: 'golden_cases_failed',
      faults: [{ pointer: '#golden-cases/no customer', code, message: expect.stringContaining('ends as "cut off"') }],
    });
  });
});
