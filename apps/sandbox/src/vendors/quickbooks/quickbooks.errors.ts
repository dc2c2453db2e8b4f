export interface FaultItem {
  readonly Message: string;
  readonly Detail: string;
  readonly code: string;
  /** Left out where the vendor leaves it out. */
  readonly element?: string;
}

export type FaultType = 'ValidationFault' | 'SystemFault' | 'AuthenticationFault' | 'AuthorizationFault' | 'SERVICE';

/**
 * The vendor says no. Thrown inside the simulator only, where refusing is the vendor's own control flow: it unwinds
 * to the request or batch item that is being refused, which turns it into the vendor's answer.
 */
export class Fault extends Error {
  constructor(
    readonly items: readonly FaultItem[],
    readonly type: FaultType = 'ValidationFault',
    readonly status = 400,
  ) {
    super(items.map(({ code }) => code).join(', '));
  }

  get body(): { Error: readonly FaultItem[]; type: FaultType } {
    return { Error: this.items, type: this.type };
  }
}

export function fail(item: FaultItem): never {
  throw new Fault([item]);
}

const INACTIVE =
  "Something you're trying to use has been made inactive. Check the fields with accounts, customers, items, vendors or employees.";

/** The vendor's JSON reader names no field: whoever sends one it does not know gets just this. */
export function unsupportedProperty(): never {
  fail({
    Message: 'Request has invalid or unsupported property',
    Detail: 'Property Name:failed to parse json object; a property specified is unsupported or invalid',
    code: '2010',
  });
}

export function requiredMissing(name: string): FaultItem {
  return {
    Message: 'Required param missing, need to supply the required value for the API',
    Detail: `Required parameter ${name} is missing in the request`,
    code: '2020',
    element: name,
  };
}

export function invalidId(text: string): never {
  fail({
    Message: 'Invalid ID',
    Detail: `Invalid ID : Id should be a valid number. Supplied value:${text}`,
    code: '2030',
    element: 'Id',
  });
}

export function invalidString(element: string, text: string): FaultItem {
  return {
    Message: 'Invalid String',
    Detail: `Invalid String : Element contains invalid characters. Supplied value:${text}`,
    code: '2040',
    element,
  };
}

export function wrongLength(element: string, max: number, length: number, min = 0): FaultItem {
  return {
    Message: 'String length is either shorter or longer than supported by specification',
    Detail: `String length specified does not match the supported length. Min:${min} Max:${max} supported. Supplied length:${length}`,
    code: '2050',
    element,
  };
}

export function invalidNumber(element: string, text: string): FaultItem {
  return {
    Message: 'Invalid Number',
    Detail: `Invalid Number : The number is outside the supported range. Supplied value:${text}`,
    code: '2090',
    element,
  };
}

export function invalidDecimal(element: string, text: string): FaultItem {
  return {
    Message: 'Invalid Decimal',
    Detail: `Invalid Decimal : Too many decimal places. Supplied value:${text}`,
    code: '2110',
    element,
  };
}

/** @param what the vendor's own noun: `Names`, `Items`, `Accounts` */
export function invalidReference(what: string, id: string): never {
  fail({
    Message: 'Invalid Reference Id',
    Detail: `Invalid Reference Id : ${what} element id ${id} not found`,
    code: '2500',
    element: '',
  });
}

export function objectNotFound(detail = INACTIVE): never {
  fail({ Message: 'Object Not Found', Detail: `Object Not Found : ${detail}`, code: '610', element: '' });
}

export function staleObject(userName: string): never {
  fail({
    Message: 'Stale Object Error',
    Detail: `Stale Object Error : You and ${userName} were working on this at the same time. ${userName} finished before you did, so your work was not saved.`,
    code: '5010',
    element: '',
  });
}

export function business(detail: string): never {
  fail({
    Message: 'A business validation error has occurred while processing your request',
    Detail: `Business Validation Error: ${detail}`,
    code: '6000',
    element: '',
  });
}

export function unsupportedOperation(what: string, status = 400): never {
  throw new Fault(
    [{ Message: 'Unsupported Operation', Detail: `Operation ${what} is not supported.`, code: '500' }],
    'ValidationFault',
    status,
  );
}

export function queryUnparsable(detail: string): never {
  fail({ Message: 'Error parsing query', Detail: `QueryParserError: ${detail}`, code: '4000' });
}

export function queryInvalid(detail: string): never {
  fail({ Message: 'Invalid query', Detail: `QueryValidationError: ${detail}`, code: '4001' });
}
