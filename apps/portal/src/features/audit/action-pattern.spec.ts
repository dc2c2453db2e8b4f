import { actionPattern } from './action-pattern';

describe('an action that is being typed', () => {
  it.each([
    ['mapping', 'mapping.*'],
    ['Webhook_endpoint.', 'webhook_endpoint.*'],
    ['mapping.*', 'mapping.*'],
    ['mapping.published', 'mapping.published'],
    ['two words', 'two words'],
    [undefined, undefined],
  ])('%s is asked for as %s', (typed, asked) => expect(actionPattern(typed)).toBe(asked));
});
