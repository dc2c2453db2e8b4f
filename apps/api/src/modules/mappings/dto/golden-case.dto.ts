import { GOLDEN_LIMITS, GOLDEN_OUTCOMES } from '@hub/mapping-store';
import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';
import { nameText } from '../../../http/fields';
import { topLevel } from '../../../http/openapi';
import { WITHHELD } from '../../../http/payload-access';
import { atLeastOneMember, jsonObject } from '../../connections/dto/fields';

const POINTER = /^(\/([^~/]|~[01])*)*$/;
const EXAMPLE = {
  name: 'an order with two lines',
  input: { number: 'A-1', lines: [{ sku: 'x', qty: 2 }] },
  output: { Number: 'A-1', Items: 1 },
};

const caseName = nameText(200).describe('Unique among the golden cases of the mapping');
const given = (description: string): z.ZodUnknown => z.unknown().describe(description);
const outcome = z
  .enum(GOLDEN_OUTCOMES)
  .describe('`skipped`: the mapping must say that there is nothing to deliver. `failed`: it must refuse the input');
const links = z
  .array(
    z.strictObject({
      type: z.string().min(1).max(100),
      id: z.string().min(1).max(500),
      system: z.string().min(1).max(200),
      found: z.string().min(1).max(500).nullable(),
    }),
  )
  .max(1_000)
  .describe('What `$link` answers; every other question has no link');
const ignore = z
  .array(z.string().max(500).regex(POINTER, 'Must be a JSON pointer, such as /Lines/0/Id'))
  .max(GOLDEN_LIMITS.ignored)
  .describe('JSON pointers into the output: differences there, and below, do not count');
const event = jsonObject.nullable();
const EVENT_IS =
  'Members of `$event` besides those that every event has. `null`: as in a sync, without `$event` and `$link`';

export class CreateGoldenCaseRequest extends createZodDto(
  z
    .strictObject({
      name: caseName,
      input: given('What the mapping sees as `$`').refine((input) => input !== undefined, 'This field is needed.'),
      event: event.optional().describe(EVENT_IS),
      links: links.optional(),
      outcome: outcome.optional().describe('`output` unless said otherwise'),
      output: given('What the mapping must make of the input; only where the outcome is `output`').optional(),
      ignore: ignore.optional(),
    })
    .meta({ examples: [EXAMPLE] }),
) {}

export class UpdateGoldenCaseRequest extends createZodDto(
  z
    .strictObject({
      name: caseName.optional(),
      input: given('What the mapping sees as `$`').optional(),
      event: event.optional().describe(EVENT_IS),
      links: links.optional(),
      outcome: outcome.optional(),
      output: given('What the mapping must make of the input').optional(),
      ignore: ignore.optional(),
    })
    .refine(...atLeastOneMember)
    .meta({ examples: [{ ignore: ['/SyncToken'] }] }),
) {}

const time = z.string().meta({ format: 'date-time', examples: ['2026-11-20T10:00:00.000Z'] });

const goldenCase = z
  .object({
    id: z.string().meta({ examples: ['gld_01k9g8xv7hf2p9w3c5q6r7s8t9'] }),
    name: z.string(),
    input: given(`What the mapping sees as \`$\`; ${WITHHELD}`),
    event: event.describe(EVENT_IS),
    links,
    outcome,
    output: given(`Only where the outcome is \`output\`; ${WITHHELD}`).optional(),
    ignore,
    created_at: time,
    updated_at: time,
  })
  .meta({ id: 'GoldenCase' });

export class GoldenCaseResponse extends createZodDto(topLevel(goldenCase)) {}
export class GoldenCaseListResponse extends createZodDto(z.object({ data: z.array(goldenCase) })) {}
