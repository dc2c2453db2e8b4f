import { createZodDto } from 'nestjs-zod';
import { deadLetterSpans } from '../../dead-letters/dto/dead-letter.fields';
import { deliveryFilter } from '../../deliveries/dto/delivery.dto';
import { eventFilter, eventSpan } from '../../events/dto/event.request';

/** As the lists take them: what is followed is what is listed. */
export class EventStreamQuery extends createZodDto(eventFilter.superRefine(eventSpan)) {}

export class DeliveryStreamQuery extends createZodDto(deliveryFilter.superRefine(deadLetterSpans)) {}
