import { type ConnectorError } from '@hub/connector-sdk';
import { err, ok, type Json, type Result, type SafeHttpRequest } from '@hub/platform';
import { type ConnectorContext } from '@hub/connector-sdk';
import { decodeAnswer } from './erp.code-page';
import { readContract, type ComplexType, type ErpContract } from './erp.contract';
import { type ErpSettings } from './erp.settings';

const MAX_WSDL_BYTES = 2 * 1024 * 1024;
/** Enough to see what has changed; a whole other system differs in everything. */
const MOST_DIFFERENCES = 20;

/**
 * Where the contract that the system serves differs from the one that is used. Told at the connection test and never
 * acted upon: a document from outside does not decide what is sent where.
 */
export async function contractDifferences(
  context: ConnectorContext,
  settings: ErpSettings,
  used: ErpContract,
): Promise<Result<readonly string[], ConnectorError>> {
  const { username = '', password = '' } = settings.credentials;
  const request: SafeHttpRequest = {
    method: 'GET',
    url: `${settings.endpoint}?wsdl`,
    headers: {
      accept: 'text/xml',
      ...(settings.auth === 'basic'
        ? { authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}` }
        : {}),
    },
    timeoutMs: settings.timeoutMs,
    maxResponseBytes: MAX_WSDL_BYTES,
    signal: context.signal,
    ...(settings.tls === undefined ? {} : { tls: settings.tls }),
  };
  const served = await context.http.request(request);
  if (!served.ok) return err(unreadable(served.error.message));
  const { status, headers, body } = served.value;
  const text = decodeAnswer(body, headers['content-type'] ?? '', 'utf-8');
  if (status !== 200 || text === null) return err(unreadable(`HTTP status ${status}`));
  try {
    return ok(differences(used, await readContract(text)).slice(0, MOST_DIFFERENCES));
  } catch {
    // soap's words quote the document.
    return err(unreadable('it is no WSDL of this contract, or imports others'));
  }
}

export function differenceDetails(result: Result<readonly string[], ConnectorError>): Json {
  if (!result.ok) return result.error.message;
  return result.value.length === 0 ? 'as used' : [...result.value];
}

function unreadable(why: string): ConnectorError {
  return { category: 'config', code: 'wsdl_unreadable', message: `The WSDL cannot be compared: ${why}` };
}

function differences(used: ErpContract, served: ErpContract): string[] {
  return [...used.operations].flatMap(([name, { request, answer }]) => {
    const other = served.operations.get(name);
    if (other === undefined) return [`${name}: is not served`];
    return [
      ...typeDifferences(`${name}Request`, request, other.request),
      ...typeDifferences(`${name}Response`, answer, other.answer),
    ];
  });
}

function typeDifferences(path: string, used: ComplexType, served: ComplexType): string[] {
  const names = ({ elements }: ComplexType): string[] => elements.map(({ name }) => name);
  const missing = names(used).filter((name) => !names(served).includes(name));
  const added = names(served).filter((name) => !names(used).includes(name));
  const common = names(used).filter((name) => names(served).includes(name));
  const isReordered =
    names(served)
      .filter((name) => common.includes(name))
      .join() !== common.join();
  return [
    ...missing.map((name) => `${path}/${name}: is gone`),
    ...added.map((name) => `${path}/${name}: is new`),
    ...(isReordered ? [`${path}: has another order`] : []),
    ...used.elements.flatMap((element) => {
      const other = served.elements.find(({ name }) => name === element.name);
      if (other === undefined) return [];
      const below = `${path}/${element.name}`;
      if (element.type.kind === 'complex' && other.type.kind === 'complex') {
        return typeDifferences(below, element.type, other.type);
      }
      const isSame = JSON.stringify({ ...element, name: '' }) === JSON.stringify({ ...other, name: '' });
      return isSame ? [] : [`${below}: has another type`];
    }),
  ];
}
