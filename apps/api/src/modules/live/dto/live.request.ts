import { createZodDto } from 'nestjs-zod';
import { DeliveryListQuery } from '../../deliveries/dto/delivery.dto';
import { EventListQuery } from '../../events/dto/event.request';

const PAGES = { limit: true, cursor: true } as const;

/** As the lists take them: what is followed is what is listed. */
export class EventStreamQuery extends createZodDto(EventListQuery.schema.omit(PAGES)) {}

export class DeliveryStreamQuery extends createZodDto(DeliveryListQuery.schema.omit(PAGES)) {}
