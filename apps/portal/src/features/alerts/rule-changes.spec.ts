import { changesTo } from './rule-changes';

const rule = {
  enabled: true,
  threshold: 5,
  least_volume: null,
  for_seconds: 60,
  repeat_seconds: 3_600,
  severity: 'critical' as const,
  channel_ids: null,
  defaults: {
    enabled: true,
    threshold: 0,
    least_volume: null,
    for_seconds: 60,
    repeat_seconds: 3_600,
    severity: 'critical' as const,
  },
};

describe('changes to a rule', () => {
  it('are only what was changed', () => {
    expect(changesTo(rule, rule)).toEqual({});
    expect(changesTo(rule, { ...rule, threshold: 9, channel_ids: ['alc_1'] })).toEqual({
      threshold: 9,
      channel_ids: ['alc_1'],
    });
  });

  it('follow the hub’s default where they come to it', () => {
    expect(changesTo(rule, { ...rule, threshold: 0 })).toEqual({ threshold: null });
  });

  it('tell no channel from every channel', () => {
    expect(changesTo(rule, { ...rule, channel_ids: [] })).toEqual({ channel_ids: [] });
    expect(changesTo({ ...rule, channel_ids: [] }, { ...rule, channel_ids: null })).toEqual({ channel_ids: null });
  });
});
