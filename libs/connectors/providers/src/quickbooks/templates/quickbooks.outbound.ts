/**
 * From the hub's model to a QuickBooks entity. A record that is linked is changed by its Id, any other is created. Empty
 * text clears a field: QuickBooks takes null for "not said".
 */

const TEXT = `  $clear := function($value) { $exists($value) ? ($value = null ? "" : $value) };
  $name := function($text) { $truncate($trim($replace($replace($text, /[\\t\\r\\n]+/, " "), ":", "-")), 100) };
  $address := function($a) {
    $exists($a) and $a != null and $count($keys($a)) > 0 ? {
      "Line1": $clear($a.line1),
      "Line2": $clear($a.line2),
      "City": $clear($a.city),
      "CountrySubDivisionCode": $clear($a.region),
      "PostalCode": $clear($a.postal_code),
      "Country": $clear($a.country_code)
    }
  };`;

/** The connector finds the terms of as many days in the company. There is no way to take terms away again. */
const terms = (days: string): string => `$exists(${days}) and ${days} != null ? {"DueDays": ${days}}`;

/** What QuickBooks cannot delete it can only make inactive. */
const ACTIVE = `    "Active": $exists($c.status) ? $c.status = "active",`;

const PARTY = `    "DisplayName": $name($required($c.display_name, "display_name")),
    "CompanyName": $exists($c.legal_name) and $c.legal_name != null ? $name($c.legal_name),
    "PrimaryEmailAddr": $exists($c.email) ? {"Address": $clear($c.email)},
    "PrimaryPhone": $exists($c.phone) ? {"FreeFormNumber": $c.phone = null ? "" : $truncate($c.phone, 30)},
    "WebAddr": $exists($c.website) ? {"URI": $clear($c.website)},
    "BillAddr": $address($c.billing),
${ACTIVE}`;

const CUSTOMER = `  {
    "Id": $link("customer", $c.id, "quickbooks"),
${PARTY}
    "GivenName": $clear($c.given_name),
    "FamilyName": $clear($c.family_name),
    "ShipAddr": $address($c.shipping),
    "CurrencyRef": $exists($link("customer", $c.id, "quickbooks")) ? $nothing : $exists($c.currency) and $c.currency != null ? {"value": $c.currency},
    "SalesTermRef": ${terms('$c.terms_days')},
    "Notes": $exists($c.notes) ? ($c.notes = null ? "" : $truncate($c.notes, 2000))
  }`;

export const CUSTOMER_OUT = `(
  $c := canonical;
${TEXT}
${CUSTOMER}
)`;

/** The customer that a sale was made to: written before the invoice that needs it. */
export const SALE_TO_CUSTOMER = `(
  $c := canonical.customer;
${TEXT}
  $exists($c)
    ? $merge([${CUSTOMER.trim()}, {"_link": {"type": "customer", "id": $c.id}}])
    : $skip("The sale names no customer.")
)`;

export const VENDOR_OUT = `(
  $c := canonical;
${TEXT}
  {
    "Id": $link("vendor", $c.id, "quickbooks"),
${PARTY}
    "AcctNum": $clear($c.account_number)
  }
)`;

export const PRODUCT_OUT = `(
  $c := canonical;
${TEXT}
  {
    "Id": $link("product", canonical.id, "quickbooks"),
    "Name": $name($required(canonical.name, "canonical.name")),
    "Sku": $exists(canonical.sku) ? (canonical.sku = null ? "" : $truncate(canonical.sku, 100)),
    "Description": $exists(canonical.description)
      ? (canonical.description = null ? "" : $truncate(canonical.description, 4000)),
${ACTIVE}
    "UnitPrice": canonical.unit_price.amount
  }
)`;

const LINES = `[$map(canonical.lines, function($line) {
      $merge([
        {
          "DetailType": "SalesItemLineDetail",
          "Amount": $line.amount,
          "SalesItemLineDetail": $merge([
            {"Qty": $line.quantity, "UnitPrice": $line.unit_price},
            $exists($line.product_id) and $line.product_id != null
              ? ($item := $link("product", $line.product_id, "quickbooks"); $exists($item) ? {"ItemRef": {"value": $item}} : {})
              : {}
          ])
        },
        $exists($line.description) and $line.description != null ? {"Description": $truncate($line.description, 4000)} : {}
      ])
    })]`;

export const INVOICE_OUT = `(
  {
    "Id": $link("invoice", canonical.id, "quickbooks"),
    "CustomerRef": {"value": $linkRequired("customer", canonical.customer_id, "quickbooks")},
    "DocNumber": $exists(canonical.number) and canonical.number != null ? $truncate(canonical.number, 21),
    "TxnDate": canonical.issue_date,
    "DueDate": $exists(canonical.due_date) and canonical.due_date != null ? canonical.due_date,
    "CustomerMemo": $exists(canonical.memo) and canonical.memo != null ? {"value": $truncate(canonical.memo, 1000)},
    "Line": ${LINES}
  }
)`;

export const SALE_TO_INVOICE = `(
  $days := canonical.customer.terms_days;
  {
    "Id": $link("invoice", canonical.id, "quickbooks"),
    "CustomerRef": {"value": $linkRequired("customer", canonical.customer_id, "quickbooks")},
    "TxnDate": canonical.close_date,
    "DueDate": $exists($days) and $days != null ? $addDays(canonical.close_date, $days),
    "SalesTermRef": ${terms('$days')},
    "PrivateNote": "Salesforce " & canonical.id,
    "CustomerMemo": $exists(canonical.memo) and canonical.memo != null ? {"value": $truncate(canonical.memo, 1000)},
    "Line": ${LINES},
    "_link": {"type": "invoice", "id": canonical.id}
  }
)`;

export const PAYMENT_OUT = `(
  {
    "Id": $link("payment", canonical.id, "quickbooks"),
    "CustomerRef": {"value": $linkRequired("customer", canonical.customer_id, "quickbooks")},
    "TxnDate": canonical.date,
    "TotalAmt": canonical.amount.amount,
    "PaymentRefNum": $exists(canonical.reference) and canonical.reference != null ? $truncate(canonical.reference, 21),
    "Line": [$map(canonical.allocations, function($allocation) {{
      "Amount": $allocation.amount,
      "LinkedTxn": [{
        "TxnId": $linkRequired("invoice", $allocation.invoice_id, "quickbooks"),
        "TxnType": "Invoice"
      }]
    }})]
  }
)`;
