import { type GoldenCase, type GoldenCaseChange, type NewGoldenCase } from '@hub/mapping-store';
import { toPublicId, type Json } from '@hub/platform';
import { memberText } from '../../http/raw-json';
import {
  type CreateGoldenCaseRequest,
  type GoldenCaseResponse,
  type UpdateGoldenCaseRequest,
} from './dto/golden-case.dto';

/** @param rawText the body as it was written: a number that a double cannot hold must reach the expression as in a delivery. */
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

export function toGoldenCaseResponse(golden: GoldenCase): GoldenCaseResponse {
  return {
    id: toPublicId('goldenCase', golden.id),
    name: golden.name,
    input: JSON.parse(golden.inputText) as Json,
    event: golden.event,
    links: golden.links.map((link) => ({ ...link })),
    outcome: golden.outcome,
    ...(golden.output === undefined ? {} : { output: golden.output }),
    ignore: [...golden.ignored],
    created_at: golden.createdAt.toISOString(),
    updated_at: golden.updatedAt.toISOString(),
  };
}

function inputText(input: unknown, rawText: string | undefined): string {
  return memberText(rawText ?? '{}', 'input') ?? JSON.stringify(input);
}
