export { SandboxPortError, startSandbox, type RunningSandbox, type SandboxOptions } from './sandbox';
export { type Vendor } from './vendors';
export {
  DEFAULT_CALLBACK_URL,
  DEFAULT_SEED,
  sandboxSalesforceAccounts,
  type SandboxSalesforceAccount,
} from './vendors/salesforce/salesforce.accounts';
export { type SalesforceAppRegistration } from './vendors/salesforce/salesforce.state';
