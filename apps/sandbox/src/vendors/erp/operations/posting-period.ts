import { type ErpCompany } from '../erp.company';
import { clientFault } from '../soap/soap-fault';

/** @throws SoapFault ERP-1043 */
export function requireOpenPeriod({ settings }: ErpCompany, date: string, field: string): void {
  if (settings.closed_until !== null && date <= settings.closed_until) {
    throw clientFault('ERP-1043', `Posting period ${date.slice(0, 7)} is closed`, field);
  }
}
