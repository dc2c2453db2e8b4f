import { err, ok, problem, type Problem, type Result } from '@hub/platform';

interface Held {
  readonly legal_hold: boolean;
  readonly legal_hold_reason: string | null;
}

/**
 * The reason to be kept with a hold: the new one, or that of the hold that goes on; null without one.
 * @returns a problem when a hold is set or taken back and nobody says why
 */
export function holdReason(
  before: Held | null,
  request: { readonly legal_hold: boolean; readonly reason?: string | undefined },
): Result<string | null, Problem> {
  const { legal_hold: hold, reason } = request;
  if (hold !== (before?.legal_hold ?? false) && reason === undefined) {
    const message = 'Say why the legal hold is set or taken back.';
    return err(
      problem('unprocessable', 'reason_needed', message, {
        faults: [{ pointer: '/reason', code: 'reason_needed', message }],
      }),
    );
  }
  return ok(hold ? (reason ?? before?.legal_hold_reason ?? null) : null);
}

/** Setting or taking back a hold is a deed of its own in the audit log; everything else is a change of settings. */
export function actionOf(before: Held | null, after: Held): string {
  if (before?.legal_hold !== true && after.legal_hold) return 'retention.legal_hold_set';
  if (before?.legal_hold === true && !after.legal_hold) return 'retention.legal_hold_cleared';
  return 'retention.updated';
}
