import { messagesOf, type DueNotice } from './messages';

describe('which notices go as one message', () => {
  const notice = (id: string, fields: Partial<DueNotice> = {}): DueNotice => ({
    id,
    group_id: null,
    channel_id: 'ch',
    channel_kind: 'slack',
    kind: 'triggered',
    attempts: 0,
    rule: 'breaker_open',
    severity: 'critical',
    resolution: null,
    was_told: false,
    ...fields,
  });
  /** Each message as its group and its notices. */
  const sent = (due: readonly DueNotice[]): string[] =>
    messagesOf(due).map(({ groupId, notices }) => `${groupId}: ${notices.map(({ id }) => id).join(' ')}`);

  it('three and more of one rule and kind, named by the first of them', () => {
    expect(sent([notice('2'), notice('1'), notice('3')])).toEqual(['1: 2 1 3']);
    expect(sent([notice('1'), notice('2')])).toEqual(['null: 1', 'null: 2']);
  });

  it.each<[string, Partial<DueNotice>]>([
    ['of another channel', { channel_id: 'other' }],
    ['of another kind', { kind: 'reminder' }],
    ['of another rule', { rule: 'dead_letters' }],
    ['of another severity', { severity: 'info' }],
    ['that ended in another way', { resolution: 'aged_out' }],
    ['that was tried before, and may have arrived', { attempts: 1 }],
  ])('not one %s', (_, fields) => {
    const odd = notice('2', fields);
    expect(sent([notice('1'), odd, notice('3'), notice('4')])).toEqual(['1: 1 3 4', 'null: 2']);
  });

  it('not the end of what nobody was told of', () => {
    const ended = { kind: 'resolved', resolution: 'recovered' } as const;
    const told = ['1', '3', '4'].map((id) => notice(id, { ...ended, was_told: true }));
    expect(sent([...told, notice('2', ended)])).toEqual(['1: 1 3 4', 'null: 2']);
  });

  it.each(['pagerduty', 'webhook'] as const)('none where a program reads them: %s', (channel_kind) => {
    expect(sent(['1', '2', '3'].map((id) => notice(id, { channel_kind })))).toEqual(['null: 1', 'null: 2', 'null: 3']);
  });

  it('a group that was made before stays what it was', () => {
    const others = ['5', '6', '7'].map((id) => notice(id));
    expect(sent([notice('1', { group_id: '1', attempts: 1 }), ...others])).toEqual(['1: 1', '5: 5 6 7']);
  });
});
