/** @jest-environment jsdom */
import { deadLettersRoutes } from '../dead-letters/dead-letters.routes';
import { deliveriesRoutes } from './deliveries.routes';

type Validate = (search: Record<string, unknown>) => unknown;
const lists = [deliveriesRoutes[0], deadLettersRoutes[0]];

describe('the address of a list of deliveries', () => {
  it.each(lists)('keeps what the API takes, and drops what it would refuse: %#', ({ options }) => {
    const validate = options.validateSearch as Validate;
    expect(validate({ category: 'too_large', connection_id: 'con_1' })).toEqual({
      category: 'too_large',
      connection_id: 'con_1',
    });
    expect(validate({ category: 'bogus', reason: 'bogus' })).toEqual({});
  });

  it('knows the reasons of what is held', () => {
    const validate = deliveriesRoutes[0].options.validateSearch as Validate;
    expect(validate({ reason: 'connection_paused' })).toEqual({ reason: 'connection_paused' });
  });
});
