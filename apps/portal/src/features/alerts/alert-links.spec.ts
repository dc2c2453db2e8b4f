import { linksOf } from './alert-links';

const connection = { id: 'con_1', name: 'Salesforce' };
const leadTo = (rule: string, about: typeof connection | null): string[] =>
  linksOf({ rule, connection: about }).map(({ to }) => to);

describe('the ways from an alert', () => {
  it('lead to what its advice speaks of, and to its connection', () => {
    expect(leadTo('schema_drift', connection)).toEqual(['/connections/con_1#schema-changes', '/connections/con_1']);
    expect(leadTo('dead_letters', connection)).toEqual(['/dead-letters?connection_id=con_1', '/connections/con_1']);
    expect(leadTo('expiring', connection)).toEqual(['/connections/con_1']);
    expect(leadTo('expiring', null)).toEqual(['/api-keys']);
  });
});
