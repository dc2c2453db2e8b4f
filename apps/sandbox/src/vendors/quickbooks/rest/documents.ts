import Big from 'big.js';
import { type ApiContext, type ApiReply, type ApiRequest } from '../quickbooks.api.types';
import { business, fail } from '../quickbooks.errors';
import { stamp } from '../quickbooks.time';
import { numberOf, objectOf, objectsOf, refId, textOf, type ValueObject } from '../quickbooks.values';
import { type EntityType } from '../schema/schema.types';
import { found, requireEntity } from './entity.handlers';

/** `GET /{entity}/{id}/pdf` */
export function getPdf(context: ApiContext, type: EntityType, id: string): ApiReply {
  const { body } = requireEntity(context, type, id);
  const lines = objectsOf(body.Line).map((line) => {
    const amount = numberOf(line.Amount)?.toFixed(2) ?? '';
    return `${textOf(line.Description) ?? textOf(line.DetailType) ?? ''}  ${amount}`;
  });
  const customer = context.company.store.get('Customer', refId(body, 'CustomerRef') ?? '')?.body.DisplayName;
  const text = [
    `SIMULATED ${type.name} ${textOf(body.DocNumber) ?? id}`,
    `${textOf(customer) ?? ''}  ${textOf(body.TxnDate) ?? ''}`,
    ...lines,
    `Total ${(numberOf(body.TotalAmt) ?? new Big(0)).toFixed(2)}`,
  ];
  return { status: 200, raw: { contentType: 'application/pdf', data: onePagePdf(text) } };
}

/** `POST /{entity}/{id}/send[?sendTo=…]`; the vendor insists on a body of no type. */
export function sendDocument(
  context: ApiContext,
  type: EntityType,
  id: string,
  { query, contentType }: ApiRequest,
): ApiReply {
  if (!/^application\/octet-stream\b/i.test(contentType)) {
    fail({ Message: 'Invalid Content Type', Detail: `Invalid Content Type : ${contentType}`, code: '1050' });
  }
  const current = requireEntity(context, type, id);
  const address = query.get('sendTo') ?? textOf(objectOf(current.body.BillEmail)?.Address);
  if (address === undefined || !address.includes('@')) business('An email address is needed to send the transaction.');
  const { company, actor } = context;
  const body: ValueObject = {
    ...current.body,
    BillEmail: { Address: address },
    EmailStatus: 'EmailSent',
    DeliveryInfo: { DeliveryType: 'Email', DeliveryTime: stamp(company.clock.now()) },
  };
  return found(
    context,
    type,
    company.write(() => company.replace(current, body, actor, 'Emailed')),
  );
}

/** The smallest document that viewers open: one page, one font, one column of text. */
function onePagePdf(lines: readonly string[]): Buffer {
  const shown = lines.map((line) => `(${line.replace(/[^ -~]/g, '?').replace(/[\\()]/g, '\\$&')}) Tj T*`).join(' ');
  const content = `BT /F1 11 Tf 14 TL 50 780 Td ${shown} ET`;
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>',
    `<< /Length ${content.length} >>\nstream\n${content}\nendstream`,
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>',
  ];
  let text = '%PDF-1.4\n';
  const offsets = objects.map((object, index) => {
    const offset = text.length;
    text += `${index + 1} 0 obj\n${object}\nendobj\n`;
    return offset;
  });
  const table = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('');
  const end = `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${table}trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${text.length}\n%%EOF\n`;
  return Buffer.from(text + end, 'latin1');
}
