import { type MappingTemplate } from '@hub/connector-sdk';
export const NETSUITE_GOLDEN: Readonly<Record<string, MappingTemplate['goldenCases']>> = {};
