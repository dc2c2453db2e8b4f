import { type MappingEngine, type MappingError, type MappingRequest } from '@hub/mapping-engine';
import { type Result } from '@hub/platform';

export type Evaluation = Result<{ readonly outputText: string }, MappingError>;

/** Tries after the first, each alone. */
const MORE_TRIES = 2;

/**
 * A mapping's time is taken by the clock, and a machine that has no time for anybody lets a harmless one take long too. So
 * whoever was cut is tried again, alone. Once a mapping has been cut each time, it is to blame, for all that were cut with
 * it: a loop costs two more tries, however many events meet it.
 */
export async function evaluatePatiently(
  engine: Pick<MappingEngine, 'evaluateMany'>,
  requests: readonly MappingRequest[],
): Promise<readonly Evaluation[]> {
  if (requests.length === 0) return [];
  const evaluations = [...(await engine.evaluateMany(requests))];
  const tooSlow = new Set<string>();
  for (const [index, request] of requests.entries()) {
    for (let tries = 0; tries < MORE_TRIES && wasCut(evaluations[index]); tries++) {
      if (tooSlow.has(request.expression)) break;
      const [again] = await engine.evaluateMany([request]);
      if (again !== undefined) evaluations[index] = again;
    }
    if (wasCut(evaluations[index])) tooSlow.add(request.expression);
  }
  return evaluations;
}

function wasCut(evaluation: Evaluation | undefined): boolean {
  return evaluation?.ok === false && evaluation.error.code === 'mapping_timeout';
}
