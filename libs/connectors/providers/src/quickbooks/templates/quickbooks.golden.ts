import { type MappingTemplate } from '@hub/connector-sdk';

/** By id of the template. */
export const QUICKBOOKS_GOLDEN: Readonly<Record<string, MappingTemplate['goldenCases']>> = {};
