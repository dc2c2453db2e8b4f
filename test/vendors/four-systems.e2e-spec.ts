import { startFourSystems, type FourSystems } from '../support/four-systems';
import { CustomerFlow } from './four-systems/customer-flow';
import { describeBudgets } from './four-systems/budget.suite';
import { describeCrossing } from './four-systems/crossing.suite';
import { describeFirstMatch } from './four-systems/first-match.suite';
import { describeHooks } from './four-systems/hooks.suite';
import { describeLimits } from './four-systems/limits.suite';
import { describeOnce } from './four-systems/once.suite';
import { describeQuickBooksHooks } from './four-systems/quickbooks-hooks.suite';
import { describeSecrets } from './four-systems/secrets.suite';
import { describeSignIns } from './four-systems/sign-in.suite';
import { describeStaleReads } from './four-systems/stale-reads.suite';
import { describeValues } from './four-systems/values.suite';

/** What holds of every connector, through a whole hub with two workers, against stand-ins that misbehave. */
describe('the four systems', () => {
  let systems: FourSystems;

  beforeAll(async () => {
    systems = await startFourSystems({ workers: 2 });
    // Three connections use one account.
    await systems.control('netsuite', 'POST', 'settings', { concurrency_limit: 25 });
    await CustomerFlow.routes(systems);
  }, 120_000);
  afterAll(() => systems?.stop());

  describeOnce(() => systems);
  describeSignIns(() => systems);
  describeStaleReads(() => systems);
  describeHooks(() => systems);
  describeQuickBooksHooks(() => systems);
  describeFirstMatch(() => systems);
  describeCrossing(() => systems);
  describeLimits(() => systems);
  describeValues(() => systems);
  describeBudgets(() => systems);
  describeSecrets(() => systems);
});
