import { BACKTEST_EVENTS, BACKTEST_OUTCOMES, BACKTEST_STATUSES, SENT_OUTCOMES } from '@hub/mapping-store';
import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';
import { nextCursor, publicId, textOrNull } from '../../../http/fields';
import { topLevel } from '../../../http/openapi';
import { pageQuery } from '../../../http/pagination';
import { WITHHELD } from '../../../http/payload-access';
import { jsonObject } from '../../connections/dto/fields';
import { numberedPageQuery } from '../number-cursor';

export class CreateBacktestRequest extends createZodDto(
  z
    .strictObject({
      version: z.int().min(1).max(2_147_483_647).optional().describe('A version of the mapping, or else an expression'),
      expression: z.string().min(1).optional().describe('JSONata that is not saved as a version'),
      tables: jsonObject
        .optional()
        .describe('Lookup tables of the expression; left out: those of the published version'),
      limit: z
        .int()
        .min(1)
        .max(BACKTEST_EVENTS.most)
        .default(BACKTEST_EVENTS.usual)
        .describe('Comparisons at most, newest event first; an event that two routes map is compared twice'),
      route_ids: z
        .array(publicId('route'))
        .min(1)
        .max(20)
        .optional()
        .describe('Only these routes of the mapping, disabled ones too. Left out: its enabled routes and its syncs'),
    })
    .superRefine(
      ({ version, expression, tables }, context) => {
        if (version === undefined && expression === undefined)
          context.addIssue({ code: 'invalid_type', expected: 'string', input: undefined, path: ['expression'] });
        if (version !== undefined && expression !== undefined)
          context.addIssue({
            code: 'custom',
            path: ['expression'],
            message: 'Name a version or an expression, not both.',
          });
        if (tables !== undefined && version !== undefined)
          context.addIssue({ code: 'custom', path: ['tables'], message: 'A version has tables of its own.' });
      },
      // Also when other members have faults: every fault is to be in one answer.
      { when: ({ value }) => typeof value === 'object' && value !== null },
    )
    .meta({ examples: [{ version: 3 }, { expression: '{ "Name": customer.name }', limit: 500 }] }),
) {}

export class ListBacktestsQuery extends createZodDto(z.strictObject(pageQuery)) {}

export class ListBacktestItemsQuery extends createZodDto(
  z.strictObject({
    outcome: z.enum(BACKTEST_OUTCOMES).optional(),
    was_sent: z.enum(SENT_OUTCOMES).optional(),
    ...numberedPageQuery,
  }),
) {}

const time = z.string().meta({ format: 'date-time', examples: ['2026-11-20T10:00:00.000Z'] });
export const contentHash = z
  .string()
  .describe('SHA-256 of expression and lookup tables: the same for a draft and the version that it became')
  .meta({ examples: ['9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08'] });
const maybeTime = (description: string): z.ZodNullable<z.ZodString> =>
  z.string().describe(description).meta({ format: 'date-time' }).nullable();
const counts = <Name extends string>(names: readonly Name[]): z.ZodObject<Record<Name, z.ZodInt>> =>
  z.object(Object.fromEntries(names.map((name) => [name, z.int()])) as Record<Name, z.ZodInt>);
const baseVersion = z.int().describe('The version that was published at the time, which it is compared with');
const OUTCOMES =
  `What publishing the draft would do. \`changed\`: another output. \`now_failing\`, \`now_fixed\`: it fails where
the published version does not, and the other way round. \`now_skipped\`, \`no_longer_skipped\`: as said by \`$skip\`.
\`not_comparable\`: see \`reason\`.`.replaceAll('\n', ' ');
const SENT =
  `The draft beside what was really sent. \`not_kept\`: nothing was sent, or it is kept no more. \`not_comparable\`: the
published version no longer makes what it sent, because the hub knows other links than it did then.`.replaceAll(
    '\n',
    ' ',
  );
const STOPPED = `Why fewer events were compared than asked for, though there may be more. \`deadline\`: its time was up.
\`draft_too_slow\`: the draft was cut by its limits again and again. \`few_matches\`: filters let hardly any event pass.`.replaceAll(
  '\n',
  ' ',
);
const stoppedBecause = z.enum(['deadline', 'draft_too_slow', 'few_matches']).nullable().describe(STOPPED);
const totals = counts(BACKTEST_OUTCOMES).describe(OUTCOMES);
const wasSentTotals = counts(SENT_OUTCOMES).describe(SENT);

export const backtestSummary = z.object({
  id: z.string().meta({ examples: ['btt_01k9g8xv7hf2p9w3c5q6r7s8t9'] }),
  base_version: baseVersion,
  compared: z.int(),
  totals,
  was_sent: wasSentTotals,
  stopped_because: stoppedBecause,
  ended_at: maybeTime('When it ended'),
});

const backtest = z
  .object({
    id: z.string().meta({ examples: ['btt_01k9g8xv7hf2p9w3c5q6r7s8t9'] }),
    mapping_id: z.string(),
    version: z.int().nullable().describe('`null`: an expression that is not saved'),
    base_version: baseVersion,
    expression: z.string(),
    content_hash: contentHash,
    status: z.enum(BACKTEST_STATUSES),
    limit: z.int(),
    examined: z.int().describe('Events looked at so far, those that a filter stops included'),
    compared: z.int().describe('Comparisons made so far'),
    totals,
    was_sent: wasSentTotals,
    stopped_because: stoppedBecause,
    error: z.object({ code: z.string().meta({ examples: ['interrupted'] }), message: z.string() }).nullable(),
    interruptions: z.int().describe('Times that a process died over it and another went on from where it was'),
    requested_by: z.object({ type: z.string(), id: z.string() }).nullable(),
    created_at: time,
    started_at: maybeTime('`null` while it waits for its turn'),
    ended_at: maybeTime('`null` while it goes on'),
  })
  .meta({ id: 'Backtest' });

const difference = z
  .object({
    pointer: z.string().describe('JSON pointer into the output; empty for the whole of it'),
    kind: z.enum(['added', 'removed', 'changed']),
    before: z.unknown().optional(),
    after: z.unknown().optional(),
    cut: z.boolean().optional().describe('A value was too long: what is shown is the beginning of its JSON text'),
  })
  .meta({ id: 'MappingDifference' });

const run = z
  .object({
    outcome: z.enum(['output', 'skipped', 'failed']),
    error: z
      .object({
        code: z.string().meta({ examples: ['mapping_runtime'] }),
        message: textOrNull(WITHHELD),
        line: z.int().nullable(),
        column: z.int().nullable(),
      })
      .nullable(),
    skip_reason: textOrNull(WITHHELD),
  })
  .meta({ id: 'BacktestRun' });

const item = z
  .object({
    number: z.int(),
    tracking_id: z.string(),
    event_id: textOrNull(WITHHELD),
    event_type: z.string(),
    connection_id: z.string().describe('Where it goes, or of a sync where it comes from'),
    route_id: textOrNull('`null` for an event of a sync'),
    sync_id: textOrNull('`null` for an event of a route'),
    delivery_id: textOrNull('The delivery that the route made of it, if any'),
    outcome: z.enum(BACKTEST_OUTCOMES).describe(OUTCOMES),
    reason: textOrNull('Why something could not be compared: `links_changed`, `record_too_large`'),
    published: run.describe('What the published version makes of it today'),
    draft: run,
    difference_count: z.int(),
    differences: z.array(difference).nullable().describe(`The first hundred, from published to draft. ${WITHHELD}`),
    varying: z
      .array(z.string())
      .nullable()
      .describe(`Places that differ from run to run of one version, left out of the comparison. ${WITHHELD}`),
    was_sent: z.object({
      outcome: z.enum(SENT_OUTCOMES).describe(SENT),
      version: z.int().nullable().describe('The version of this mapping that made it; `null` where that is not known'),
      difference_count: z.int(),
      differences: z.array(difference).nullable().describe(`From what was sent to what the draft makes. ${WITHHELD}`),
    }),
  })
  .meta({ id: 'BacktestItem' });

export type BacktestSummaryResponse = z.output<typeof backtestSummary>;
export type BacktestItemResponse = z.output<typeof item>;
export class BacktestResponse extends createZodDto(topLevel(backtest)) {}
export class BacktestListResponse extends createZodDto(
  z.object({ data: z.array(backtest), next_cursor: nextCursor }),
) {}
export class BacktestItemListResponse extends createZodDto(
  z.object({ data: z.array(item), next_cursor: nextCursor }),
) {}
