/**
 * From a record of the ERP to the hub's model. An element that is empty and one that is nil both say that there is nothing;
 * one that is missing was not said.
 */

const TEXT = `  $text := function($value) { $value = "" ? null : $value };
  $zone := $default(connection.config.time_zone, "UTC");`;

const CURRENCY = `  $currency := $coalesce(record.Currency, connection.config.default_currency);
  $amount := function($value) {
    $value = null ? null : $exists($value) ? {"amount": $decimal($value), "currency": $currency}
  };`;

export const CUSTOMER_IN = `(
${TEXT}
${CURRENCY}
  $names := $text(record.ContactName) = null ? null : $split(record.ContactName, /,\\s*/);
  $address := record.Address;
  {
    "id": record.CustNo,
    "status": record.Blocked = "Y" ? "inactive" : "active",
    "updated_at": $toInstant(record.ModifiedOn, $zone),
    "kind": "business",
    "display_name": record.Name,
    "legal_name": record.Name,
    "given_name": $names = null ? null : $names[1],
    "family_name": $names = null ? null : $names[0],
    "email": $text(record.Email),
    "phone": $text(record.Phone),
    "tax_id": $text(record.TaxNo),
    "account_number": record.CustNo,
    "billing": $address = null ? null : $exists($address) ? {
      "line1": $text($address.Line1),
      "line2": $text($address.Line2),
      "city": $text($address.City),
      "region": $text($address.Region),
      "postal_code": $text($address.PostCode),
      "country_code": $exists($address.CountryCode) ? $countryCode($address.CountryCode, null)
    },
    "currency": $text(record.Currency),
    "terms_days": record.TermsDays,
    "credit_limit": $amount(record.CreditLimit)
  }
)`;

export const INVOICE_IN = `(
${TEXT}
${CURRENCY}
  $items := record.Lines.Line;
  $first := $default(connection.config.fiscal_year_start, 1);
  $year := function($date) {(
    $calendar := $number($substring($date, 0, 4));
    $number($substring($date, 5, 2)) < $first ? $calendar - 1 : $calendar
  )};
  $states := {"OPEN": "open", "PART": "partly_paid", "PAID": "paid", "CANCELLED": "void"};
  {
    "id": connection.config.invoice_numbers = "per_year"
      ? $padLeft($year(record.InvDate), 4, "0") & "/" & record.InvoiceNo
      : record.InvoiceNo,
    "status": "active",
    "updated_at": $toInstant(record.ModifiedOn, $zone),
    "number": record.InvoiceNo,
    "customer_id": record.CustNo,
    "issue_date": record.InvDate,
    "due_date": record.DueDate,
    "currency": $currency,
    "lines": [$map($items, function($item) {{
      "line_no": $item.LineNo,
      "sku": $text($item.ItemCode),
      "description": $text($item.Description),
      "quantity": $decimal($item.Qty),
      "unit_price": $decimal($item.UnitPrice),
      "tax_code": $text($item.TaxCode),
      "amount": $decimal($item.LineAmount)
    }})],
    "tax_total": $count($items) > 0 ? $amount($sub(record.Total, $sumDecimals($items.LineAmount))),
    "total": $amount(record.Total),
    "balance": $amount(record.OpenAmount),
    "state": $lookup($states, $default(record.Status, "OPEN")),
    "po_number": $text(record.PoNumber)
  }
)`;

export const PAYMENT_IN = `(
${TEXT}
${CURRENCY}
  $items := record.Allocations.Allocation;
  $applied := $count($items) > 0 ? $sumDecimals($items.Amount) : "0";
  {
    "id": record.PaymentNo,
    "status": "active",
    "updated_at": $toInstant(record.ModifiedOn, $zone),
    "customer_id": record.CustNo,
    "date": record.PayDate,
    "amount": $amount(record.Amount),
    "unapplied": $amount($sub(record.Amount, $applied)),
    "method": $text(record.Method),
    "reference": $text(record.ExtRef),
    "allocations": [$map($items, function($item) {{
      "invoice_id": $item.InvoiceNo,
      "amount": $decimal($item.Amount)
    }})]
  }
)`;
