import { previewMapping, type PreviewResponse } from '@hub/api-client';
import { answerOf } from '../../../lib/api';

type PreviewError = NonNullable<PreviewResponse['error']>;

export interface PreviewInput {
  readonly expression: string;
  /** JSON text: figures reach the expression with every digit, as in a delivery. */
  readonly inputText: string;
  readonly event?: Readonly<Record<string, unknown>> | null;
  readonly tables?: Readonly<Record<string, unknown>>;
  readonly links?: readonly unknown[];
}

export interface PreviewFailure {
  /** `cut_off`: it took too long or too much, so that nobody knows what would have come of it. */
  readonly kind: 'failed' | 'cut_off' | 'syntax' | 'skipped' | 'waits';
  readonly message: string;
  /** Where in the expression, as far as it is known. */
  readonly place: {
    readonly offset: number;
    readonly line: number;
    readonly column: number;
    readonly length: number;
  } | null;
}

export type PreviewOutcome = { readonly kind: 'output'; readonly output: unknown } | PreviewFailure;

const KINDS: Readonly<Record<string, PreviewFailure['kind']>> = {
  mapping_syntax: 'syntax',
  mapping_expression_too_large: 'syntax',
  mapping_skipped: 'skipped',
  mapping_link_missing: 'waits',
  mapping_timeout: 'cut_off',
  mapping_memory: 'cut_off',
};

/** @throws ApiProblem for whatever is no outcome of the expression: no right, too many calls, no answer */
export async function previewOutcome({ inputText, event, ...rest }: PreviewInput): Promise<PreviewOutcome> {
  // A failure of the expression is what the editor is for, and none of the call.
  const members = JSON.stringify({ ...rest, ...(event == null ? {} : { event }), error_as_result: true });
  const body = `${members.slice(0, -1)},"input":${inputText}}`;
  const { output, error } = await answerOf(
    previewMapping({ body: { expression: rest.expression, input: null }, bodySerializer: () => body }),
  );
  return error === undefined ? { kind: 'output', output } : failureOf(error);
}

function failureOf({ code, message, offset, line, column, token }: PreviewError): PreviewFailure {
  const isPlaced = offset !== null && line !== null && column !== null;
  return {
    kind: KINDS[code] ?? 'failed',
    message,
    place: isPlaced ? { offset, line, column, length: token?.length ?? 1 } : null,
  };
}
