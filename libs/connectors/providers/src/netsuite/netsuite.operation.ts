/** What is written, by the names that mappings for several vendors share. Items are of several record types. */
export const ALIASES = {
  customer: 'customer',
  vendor: 'vendor',
  contact: 'contact',
  product: 'item',
  invoice: 'invoice',
  payment: 'customerPayment',
  order: 'salesOrder',
} as const;
export type Alias = keyof typeof ALIASES;

export const VERBS = ['upsert', 'create', 'update', 'deactivate'] as const;
export type Verb = (typeof VERBS)[number];

export interface NetSuiteOperation {
  /** Name in the REST API; `item` stands for the record type that the item has or is to have. */
  readonly type: string;
  readonly verb: Verb;
}

const OPERATION = /^([A-Za-z][A-Za-z0-9_]{0,63})\.(upsert|create|update|deactivate)$/;

/** `customer.upsert`, `salesOrder.update`, `customrecord_plan.create`; null for what is none. */
export function parseOperation(operation: string): NetSuiteOperation | null {
  const [, name, verb] = OPERATION.exec(operation) ?? [];
  if (name === undefined) return null;
  const type = Object.hasOwn(ALIASES, name) ? ALIASES[name as Alias] : name;
  return { type, verb: verb as Verb };
}

/** Kinds of item that can be created without knowing more than a mapping knows. */
export const ITEM_TYPES = ['serviceSaleItem', 'nonInventorySaleItem', 'inventoryItem'] as const;
export type ItemType = (typeof ITEM_TYPES)[number];

const SIDES = ['Sale', 'Resale', 'Purchase'];
const WITH_SIDE: Readonly<Record<string, string>> = {
  NonInvtPart: 'nonInventory',
  Service: 'service',
  OthCharge: 'otherCharge',
};
const WITHOUT_SIDE: Readonly<Record<string, string>> = {
  InvtPart: 'inventoryItem',
  Assembly: 'assemblyItem',
  Kit: 'kitItem',
  DwnLdItem: 'downloadItem',
  GiftCert: 'giftCertificateItem',
};

/** SuiteQL's `itemtype` and `subtype` as the REST API names the record: it has no type for all items. */
export function restItemType(itemType: string, subtype: string | null): string | null {
  const stem = WITH_SIDE[itemType];
  if (stem === undefined) return WITHOUT_SIDE[itemType] ?? null;
  const side = SIDES.find((name) => subtype?.toLowerCase() === name.toLowerCase());
  return side === undefined ? null : `${stem}${side}Item`;
}

/** Books are never inactive: an entry is there or it is not. */
const TRANSACTIONS = new Set([
  'invoice',
  'salesorder',
  'customerpayment',
  'cashsale',
  'creditmemo',
  'customerdeposit',
  'customerrefund',
  'estimate',
  'itemfulfillment',
  'itemreceipt',
  'journalentry',
  'opportunity',
  'purchaseorder',
  'returnauthorization',
  'vendorbill',
  'vendorcredit',
  'vendorpayment',
]);

export function isTransaction(type: string): boolean {
  return TRANSACTIONS.has(type.toLowerCase());
}

const ITEM = /^(item|(inventory|assembly|kit|(nonInventory|service|otherCharge)(Sale|Resale))Item)$/;

/** Things that are sold, in stock or not. */
export function isItem(type: string): boolean {
  return ITEM.test(type);
}

/** Customers, vendors and contacts: they have an address book and belong to a subsidiary. */
export function isEntity(type: string): boolean {
  return type === 'customer' || type === 'vendor' || type === 'contact';
}
