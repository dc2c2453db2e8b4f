import { createRegistry, ERROR_CATEGORIES } from '@hub/connector-sdk';
import { createProviders } from '@hub/connector-providers';
import { adviceFor } from '@hub/delivery';
import { DeliveryAdvisor } from './delivery-advisor';

describe('advice on deliveries', () => {
  const providers = createProviders();
  const advisor = new DeliveryAdvisor(createRegistry(providers));
  const row = { status: 'dead' as const, reason: 'permanent_failure', connector_id: 'quickbooks' };
  const error = (category: string, code: string) => ({ category, code, message: 'm' });

  it.each(ERROR_CATEGORIES)('knows the category %s', (category) => {
    const advice = adviceFor({ category, code: null, reason: null });
    expect(advice.title).not.toBe('failed');
    expect(advice.action).not.toBe('');
  });

  it('takes a vendor’s code from his connector, and from no other', () => {
    expect(advisor.adviceOf({ ...row, last_error: error('duplicate', '6240') })?.title).toBe('duplicate name');
    const elsewhere = { ...row, connector_id: 'http', last_error: error('duplicate', '6240') };
    expect(advisor.adviceOf(elsewhere)?.title).toBe('duplicate record');
    expect(advisor.adviceOf({ ...row, connector_id: 'gone', last_error: null })?.title).toBe('failed');
  });

  it('has nothing to say of what goes its way', () => {
    expect(advisor.adviceOf({ ...row, status: 'succeeded', reason: null, last_error: null })).toBeNull();
    expect(advisor.adviceOf({ ...row, status: 'pending', reason: null, last_error: null })).toBeNull();
    expect(advisor.adviceOf({ ...row, status: 'held', reason: 'order', last_error: null })?.title).toBe(
      'waits for its turn',
    );
  });

  it('is whole wherever a connector gives some', () => {
    for (const { manifest } of providers) {
      for (const [code, advice] of Object.entries(manifest.advice ?? {})) {
        expect([manifest.id, code, Object.values(advice).every((text) => text.trim() !== '')]).toEqual([
          manifest.id,
          code,
          true,
        ]);
      }
    }
  });
});
