/**
 * The mappings of the two example tenants, as a customer's integration person would write them: each field says what happens
 * when it is missing, money never passes through a floating-point number.
 */
export interface SeedMapping {
  readonly name: string;
  readonly description: string;
  readonly expression: string;
  readonly tables?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

const INVOICE_STATUS = {
  invoice_status: { draft: 'Draft', open: 'Open', partly_paid: 'Partly Paid', paid: 'Paid', void: 'Void' },
};

/** Sums that several mappings begin with; `[…]` because one line alone is not a list in JSONata. */
const INVOICE_TOTALS = `  $code := $required($currency(currency), "currency");
  $subtotal := $sumDecimals([$required(lines, "lines").$mul($default(quantity, "1"), $required(unit_price, "unit_price"))]);
  $tax := $default(tax, "0");
  $total := $add($subtotal, $tax);`;

export const CUSTOMER_TO_ACCOUNT: SeedMapping = {
  name: 'Customer to Salesforce account',
  description: 'One account for each customer, found again by Hub_Id__c.',
  expression: `{
  "Hub_Id__c": $required(id, "id"),
  "Name": $truncate($required(name, "name"), 255),
  "Phone": $phone(phone, address.country, null),
  "Website": $default(website, null),
  "BillingStreet": $default(address.street, null),
  "BillingCity": $default(address.city, null),
  "BillingPostalCode": $default(address.postal_code, null),
  "BillingCountry": $default($coalesce($countryName(address.country), address.country), null),
  "Tax_Id__c": $default(vat_id, null),
  "NumberOfEmployees": $default(employees, null),
  "Active__c": status = "closed" ? "No" : "Yes"
}`,
};

export const INVOICE_TO_INVOICE: SeedMapping = {
  name: 'Invoice to Salesforce invoice',
  description:
    'Invoice__c with exact totals in the decimals of its currency; due after 30 days unless the invoice says when.',
  expression: `(
${INVOICE_TOTALS}
  {
    "Hub_Id__c": $required(number, "number"),
    "Number__c": number,
    "Issue_Date__c": $toDate($required(issued_on, "issued_on")),
    "Due_Date__c": $toDate($coalesce(due_on, $addDays(issued_on, 30))),
    "Status__c": $lookupTable("invoice_status", $default(status, "open"), "Open"),
    "Currency__c": $code,
    "Subtotal__c": $money($subtotal, $code).amount,
    "Tax__c": $money($tax, $code).amount,
    "Total__c": $money($total, $code).amount,
    "Balance__c": status = "paid" ? "0" : $money($total, $code).amount,
    "Email__c": $email(customer.email, null),
    "Memo__c": $truncate($coalesce(memo, customer.name, ""), 4000)
  }
)`,
  tables: INVOICE_STATUS,
};

export const INVOICE_TO_OPPORTUNITY: SeedMapping = {
  name: 'Invoice to Salesforce opportunity',
  description: 'A won opportunity for each invoice, for a sales team that thinks in opportunities.',
  expression: `(
${INVOICE_TOTALS}
  {
    "Hub_Id__c": $required(number, "number"),
    "Name": $truncate("Invoice " & number & ", " & $default(customer.name, "unknown customer"), 120),
    "Invoice_No__c": number,
    "StageName": status = "void" ? "Closed Lost" : "Closed Won",
    "CloseDate": $toDate($required(issued_on, "issued_on")),
    "Amount": $money($total, $code).amount,
    "Description": $default(memo, null)
  }
)`,
};

export const INVOICE_TO_NOTICE: SeedMapping = {
  name: 'Invoice to accounting notice',
  description: 'What the accounting endpoint wants to know about an invoice.',
  expression: `(
${INVOICE_TOTALS}
  {
    "document": $required(number, "number"),
    "kind": "invoice",
    "status": $default(status, "open"),
    "date": $toDate($required(issued_on, "issued_on")),
    "total": $money($total, $code),
    "customer": {
      "id": $default(customer.id, null),
      "name": $default(customer.name, null),
      "country": $countryCode(customer.country, null)
    },
    "lines": [lines.{
      "text": $default(description, ""),
      "amount": $money($mul($default(quantity, "1"), unit_price), $code).amount
    }]
  }
)`,
};
