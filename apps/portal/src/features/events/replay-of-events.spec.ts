import { MOST_NAMED, replayOfEvents } from './replay-of-events';

const listed = (count: number) =>
  Array.from({ length: count }, (_unused, index) => ({ tracking_id: `evt_${index}`, archived: false }));
const ARCHIVED = { tracking_id: 'evt_old', archived: true };

describe('the replay of the events that are listed', () => {
  it('names each of them, and none that is in the archive', () => {
    expect(replayOfEvents('succeeded', [...listed(2), ARCHIVED], false)).toEqual({
      trackingIds: ['evt_0', 'evt_1'],
      archived: 1,
    });
    expect(replayOfEvents(undefined, listed(MOST_NAMED), false)).toHaveProperty('trackingIds');
  });

  it.each([
    ['underWay', replayOfEvents('processing', listed(1), false)],
    ['unrouted', replayOfEvents('unrouted', listed(1), false)],
    ['archived', replayOfEvents('failed', [ARCHIVED], false)],
    ['notAll', replayOfEvents('failed', listed(1), true)],
    ['notAll', replayOfEvents('failed', listed(MOST_NAMED + 1), false)],
  ])('is none where it cannot be, and says why: %s', (why, replay) => {
    expect(replay).toEqual({ why });
  });
});
