import { startFourSystems, type FourSystems } from '../support/four-systems';
import { CustomerFlow } from './four-systems/customer-flow';
import { describeBudgets } from './four-systems/budget.suite';
import { describeHooks } from './four-systems/hooks.suite';
import { describeLimits } from './four-systems/limits.suite';
import { describeOnce } from './four-systems/once.suite';
import { describeSecrets } from './four-systems/secrets.suite';
import { describeSignIns } from './four-systems/sign-in.suite';
import { describeValues } from './four-systems/values.suite';

/** What holds of every connector, through a whole hub with two workers, against stand-ins that misbehave. */
describe('the four systems', () => {
  let systems: FourSystems;

  beforeAll(async () => {
    systems = await startFourSystems({ workers: 2 });
    await CustomerFlow.routes(systems);
  }, 120_000);
  afterAll(() => systems?.stop());

  describeOnce(() => systems);
  describeSignIns(() => systems);
  describeHooks(() => systems);
  describeLimits(() => systems);
  describeValues(() => systems);
  describeBudgets(() => systems);
  describeSecrets(() => systems);
});
