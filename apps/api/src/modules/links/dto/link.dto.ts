import { LINK_BOUNDS } from '@hub/sync';
import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';
import { nextCursor, plainText, publicId, textOrNull } from '../../../http/fields';
import { topLevel } from '../../../http/openapi';
import { pageQuery } from '../../../http/pagination';
import { flagQuery } from '../../connections/dto/fields';

const type = plainText(LINK_BOUNDS.type).describe(
  'Kind of record: one of the hub’s model (`customer`), or `<connector>.<object>`',
);
const recordId = plainText(LINK_BOUNDS.recordId).describe('As the system itself writes it');
const source = plainText(LINK_BOUNDS.source).describe('Where events are posted with this `source`');

const newEnd = z
  .strictObject({
    connection_id: z.string().optional(),
    source: source.optional(),
    record_id: recordId,
  })
  .refine((end) => (end.connection_id === undefined) !== (end.source === undefined), {
    error: 'Name either a connection_id or a source.',
  });

export class CreateLinkRequest extends createZodDto(
  z.strictObject({ type, ends: z.array(newEnd).min(2).max(20).describe('One record of each system') }).meta({
    examples: [
      {
        type: 'customer',
        ends: [
          { connection_id: 'con_01k9g8xv7hf2p9w3c5q6r7s8t9', record_id: '58' },
          { source: 'billing', record_id: 'C-1001' },
        ],
      },
    ],
  }),
) {}

export class MergeLinksRequest extends createZodDto(
  z.strictObject({ link_id: z.string().describe('The link whose ends are taken over; it is gone afterwards') }),
) {}

export class ListLinksQuery extends createZodDto(
  z.strictObject({
    ...pageQuery,
    type: type.optional(),
    connection_id: publicId('connection').optional(),
    source: source.optional(),
    object: plainText(200).optional(),
    record_id: recordId.optional(),
    deleted: flagQuery.optional(),
  }),
) {}

const time = z.string().meta({ format: 'date-time', examples: ['2026-11-20T10:00:00.000Z'] });
const maybeTime = (description: string): z.ZodNullable<z.ZodString> =>
  z.string().describe(description).meta({ format: 'date-time' }).nullable();

const end = z.object({
  id: z.string().meta({ examples: ['lke_01k9g8xv7hf2p9w3c5q6r7s8t9'] }),
  connection_id: textOrNull('`null` for a record of whoever posts events.'),
  source: textOrNull('`null` for a record of a connection.'),
  object: textOrNull('The vendor’s object; `null` while the record has not been pulled.'),
  record_id: z.string(),
  deleted: z.boolean().describe('The record is gone at its system'),
  version_written: textOrNull('The vendor’s version after the hub’s last write.'),
  written_at: maybeTime('When the hub last wrote it.'),
  version_seen: textOrNull('The vendor’s version when it was last pulled.'),
  seen_at: maybeTime('When it was last pulled.'),
});

const link = z
  .object({
    id: z.string().meta({ examples: ['lnk_01k9g8xv7hf2p9w3c5q6r7s8t9'] }),
    type: z.string(),
    ends: z.array(end),
    created_at: time,
    updated_at: time,
  })
  .meta({ id: 'Link' });

export class LinkResponse extends createZodDto(topLevel(link)) {}
export class LinkListResponse extends createZodDto(z.object({ data: z.array(link), next_cursor: nextCursor })) {}
