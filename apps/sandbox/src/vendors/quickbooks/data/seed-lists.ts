/** What every company file starts with, in the order of its ids. */
export const ACCOUNTS: readonly (readonly [name: string, type: string, subType: string])[] = [
  ['Checking', 'Bank', 'Checking'],
  ['Accounts Receivable (A/R)', 'Accounts Receivable', 'AccountsReceivable'],
  ['Inventory Asset', 'Other Current Asset', 'Inventory'],
  ['Undeposited Funds', 'Other Current Asset', 'UndepositedFunds'],
  ['Services', 'Income', 'ServiceFeeIncome'],
  ['Sales of Product Income', 'Income', 'SalesOfProductIncome'],
  ['Discounts given', 'Income', 'DiscountsRefundsGiven'],
  ['Cost of Goods Sold', 'Cost of Goods Sold', 'SuppliesMaterialsCogs'],
  ['Accounts Payable (A/P)', 'Accounts Payable', 'AccountsPayable'],
  ['Sales Tax Payable', 'Other Current Liability', 'SalesTaxPayable'],
  ['Opening Balance Equity', 'Equity', 'OpeningBalanceEquity'],
  ['Office Expenses', 'Expense', 'OfficeGeneralAdministrativeExpenses'],
];

export const ACCOUNT_ID = { inventory: '3', services: '5', products: '6', cogs: '8' } as const;

export const TERMS: readonly (readonly [name: string, dueDays: number])[] = [
  ['Due on receipt', 0],
  ['Net 15', 15],
  ['Net 30', 30],
  ['Net 60', 60],
];

export const PAYMENT_METHODS: readonly (readonly [name: string, type: string])[] = [
  ['Cash', 'NON_CREDIT_CARD'],
  ['Check', 'NON_CREDIT_CARD'],
  ['Visa', 'CREDIT_CARD'],
  ['Bank transfer', 'NON_CREDIT_CARD'],
];

export const TAX_CODES: readonly (readonly [id: string, name: string, description: string])[] = [
  ['TAX', 'TAX', 'Taxable'],
  ['NON', 'NON', 'Nontaxable'],
  ['2', 'California', 'California'],
  ['3', 'Out of scope', 'Out of scope'],
  ['4', '20.0% S', 'Standard rate'],
  ['5', '5.0% R', 'Reduced rate'],
  ['6', '0.0% Z', 'Zero rate'],
];

/** The two items that a new company file has. */
export const BASIC_ITEMS: readonly object[] = [
  {
    Name: 'Services',
    Type: 'Service',
    IncomeAccountRef: { value: ACCOUNT_ID.services },
    Description: 'General services',
  },
  { Name: 'Hours', Type: 'Service', IncomeAccountRef: { value: ACCOUNT_ID.services }, UnitPrice: 120 },
];
