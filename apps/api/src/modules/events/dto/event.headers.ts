import { applyDecorators } from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';

const HEADERS: Readonly<Record<string, string>> = {
  'ce-specversion':
    '`1.0`: this is a CloudEvent in binary mode, and the body is its data. Others may stand in any `ce-<name>`.',
  'ce-id': 'As `event_id`; needed with `ce-specversion`, as type and source are. Percent-encoded, like all of them.',
  'ce-type': 'As `type`.',
  'ce-source': 'As `source`.',
  'ce-subject': 'As `subject`.',
  'ce-time': 'As `occurred_at`.',
};

/** Describes them; `cloud-events.ts` reads them. */
export const BinaryCloudEventHeaders = (): MethodDecorator =>
  applyDecorators(
    ...Object.entries(HEADERS).map(([name, description]) =>
      ApiHeader({ name, description, required: false, schema: { type: 'string' } }),
    ),
  );
