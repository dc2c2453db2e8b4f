import { type GoldenCase, type GoldenCaseChange, type NewGoldenCase } from '@hub/mapping-store';
import { err, toPublicId, type Json, type Problem, type Result } from '@hub/platform';
import { memberText } from '../../http/raw-json';
import {
  type CreateGoldenCaseRequest,
  type GoldenCaseResponse,
  type UpdateGoldenCaseRequest,
} from './dto/golden-case.dto';

/** @param rawText the body as it was written: a long whole number must reach the expression as in a delivery, where it is text. */
export function toNewGoldenCase(request: CreateGoldenCaseRequest, rawText: string | undefined): NewGoldenCase {
  return {
    name: request.name,
    inputText: inputText(request.input, rawText),
    event: request.event === undefined ? {} : request.event,
    links: request.links ?? [],
    outcome: request.outcome ?? 'output',
    ...(request.output === undefined ? {} : { output: request.output as Json }),
    ignored: request.ignore ?? [],
  };
}

export function toGoldenCaseChange(request: UpdateGoldenCaseRequest, rawText: string | undefined): GoldenCaseChange {
  const { name, event, links, outcome, output, ignore } = request;
  return {
    ...(name === undefined ? {} : { name }),
    ...(request.input === undefined ? {} : { inputText: inputText(request.input, rawText) }),
    ...(event === undefined ? {} : { event }),
    ...(links === undefined ? {} : { links }),
    ...(outcome === undefined ? {} : { outcome }),
    ...(output === undefined ? {} : { output: output as Json }),
    ...(ignore === undefined ? {} : { ignored: ignore }),
  };
}

/** @param shown whether the caller may read payloads: cases are made of real events as a rule */
export function toGoldenCaseResponse(golden: GoldenCase, shown: boolean): GoldenCaseResponse {
  return {
    id: toPublicId('goldenCase', golden.id),
    name: golden.name,
    input: shown ? (JSON.parse(golden.inputText) as Json) : null,
    event: golden.event,
    links: golden.links.map((link) => ({ ...link })),
    outcome: golden.outcome,
    ...(golden.output === undefined ? {} : { output: shown ? golden.output : null }),
    ignore: [...golden.ignored],
    created_at: golden.createdAt.toISOString(),
    updated_at: golden.updatedAt.toISOString(),
  };
}

/** A refusal by golden cases names each place to everybody, and says what is there and what must be to whom it is shown. */
export function withheldValues<T>(result: Result<T, Problem>, shown: () => boolean): Result<T, Problem> {
  if (result.ok || result.error.code !== 'golden_cases_failed' || shown()) return result;
  const faults = result.error.faults?.map((fault) => ({ ...fault, message: 'Does not come out as the case says.' }));
  return err({ ...result.error, ...(faults === undefined ? {} : { faults }) });
}

function inputText(input: unknown, rawText: string | undefined): string {
  return memberText(rawText ?? '{}', 'input') ?? JSON.stringify(input);
}
