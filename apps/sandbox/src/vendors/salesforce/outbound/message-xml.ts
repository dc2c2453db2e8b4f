import { XMLParser } from 'fast-xml-parser';
import { escapeXml } from './escape-xml';

export interface MessageParts {
  readonly orgId: string;
  readonly actionId: string;
  readonly instanceUrl: string;
  readonly object: string;
  readonly notifications: readonly {
    readonly id: string;
    readonly recordId: string;
    readonly fields: readonly (readonly [string, unknown])[];
  }[];
}

/** As the vendor writes it: https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/sforce_api_om_outboundmessaging_notifications.htm */
export function messageXml({ orgId, actionId, instanceUrl, object, notifications }: MessageParts): string {
  const items = notifications.map(
    ({ id, recordId, fields }) =>
      `<Notification><Id>${id}</Id><sObject xsi:type="sf:${object}" xmlns:sf="urn:sobject.enterprise.soap.sforce.com">` +
      `<sf:Id>${recordId}</sf:Id>` +
      fields
        .filter(([name, value]) => name !== 'Id' && value !== null)
        .map(([name, value]) => `<sf:${name}>${escapeXml(String(value))}</sf:${name}>`)
        .join('') +
      '</sObject></Notification>',
  );
  return (
    '<?xml version="1.0" encoding="UTF-8"?>\n' +
    '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns:xsd="http://www.w3.org/2001/XMLSchema" ' +
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><soapenv:Body>' +
    '<notifications xmlns="http://soap.sforce.com/2005/09/outbound">' +
    `<OrganizationId>${orgId}</OrganizationId><ActionId>${actionId}</ActionId><SessionId xsi:nil="true"/>` +
    `<EnterpriseUrl>${escapeXml(instanceUrl)}/services/Soap/c/62.0/${orgId.slice(0, 15)}</EnterpriseUrl>` +
    `<PartnerUrl>${escapeXml(instanceUrl)}/services/Soap/u/62.0/${orgId.slice(0, 15)}</PartnerUrl>` +
    `${items.join('')}</notifications></soapenv:Body></soapenv:Envelope>`
  );
}

const parser = new XMLParser({ removeNSPrefix: true, processEntities: false, parseTagValue: false });

/** Only this very answer counts: anything else, a 200 without it included, is sent again. */
export function isAcknowledged(body: string): boolean {
  try {
    const parsed = parser.parse(body) as {
      Envelope?: { Body?: { notificationsResponse?: { Ack?: unknown } } };
    };
    return parsed.Envelope?.Body?.notificationsResponse?.Ack === 'true';
  } catch {
    return false;
  }
}
