import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';
import { cloudEvent, eventInput } from './event.request';

/** Bodies as the OpenAPI document shows them; `receive-event.ts` checks them, because it needs the text as well. */
export class EventBody extends createZodDto(eventInput) {}
export class CloudEventBody extends createZodDto(cloudEvent) {}
export class BatchBody extends createZodDto(
  z.strictObject({
    events: z
      .array(eventInput.meta({ id: 'EventInput' }))
      .min(1)
      .max(1_000),
  }),
) {}
