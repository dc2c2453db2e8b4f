export const VENDORS = ['salesforce', 'quickbooks', 'netsuite', 'erp'] as const;
export type Vendor = (typeof VENDORS)[number];

/** As messages say it. */
export const VENDOR_NAMES: Readonly<Record<Vendor, string>> = {
  salesforce: 'Salesforce',
  quickbooks: 'QuickBooks',
  netsuite: 'NetSuite',
  erp: 'the ERP',
};
