import { eventBindings, filterExpression, type AcceptInput, type FilterEvaluator } from '@hub/delivery';
import { type MappingEngine } from '@hub/mapping-engine';
import { within } from '@hub/platform';

/** Tight, because somebody waits for the answer to their POST: what takes longer is left to the worker. */
const BUDGET_MS = 50;

/** Route filters before the commit. Anything but a clear yes or no is left open. */
export class MappingFilterEvaluator implements FilterEvaluator {
  constructor(private readonly engine: MappingEngine) {}

  async evaluate(tenantId: string, filter: string, event: AcceptInput): Promise<boolean | null> {
    const evaluation = this.engine.evaluate({
      expression: filterExpression(filter),
      inputText: event.payload,
      bindings: { event: eventBindings(event) },
      timeoutMs: BUDGET_MS,
      lane: tenantId,
    });
    const outcome = await within(evaluation, BUDGET_MS * 2);
    return outcome === null || !outcome.ok ? null : outcome.value.outputText === 'true';
  }
}
