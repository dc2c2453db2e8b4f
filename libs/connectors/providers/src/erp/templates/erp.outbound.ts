/**
 * From the hub's model to the ERP. A record that is linked is written by its number; any other gets a reference made of
 * where it comes from, by which a repeat finds it again. What the ERP decides (whether a customer is blocked for not paying,
 * how much credit they have) is not written over.
 */

/** At most 40 characters, plain ones. Two connections of one kind may have the same id. */
const REFERENCE = `  $of := $coalesce(connection_id, $event.source, "hub");
  $reference := function($id) {(
    $plain := $coalesce(connector, "hub") & "-" & $id & "-" & $substring($hash($of), 0, 8);
    $length($plain) <= 40 and $contains($plain, /^[A-Za-z0-9:._-]+$/)
      ? $plain
      : "hub-" & $substring($hash($of & "|" & $id), 0, 36)
  )};`;

const CUSTOMER = `${REFERENCE}
  $payload := function($c, $id) {(
    $number := $link("customer", $id, "erp");
    $isNew := $not($exists($number));
    $names := [$c.family_name, $c.given_name][$ != null and $trim($) != ""];
    $a := $c.billing;
    {
      "CustNo": $number,
      "ExtRef": $isNew ? $reference($id),
      "Name": $required($c.display_name, "display_name"),
      "ContactName": $exists($c.family_name) or $exists($c.given_name)
        ? $count($names) = 0 ? null : $join($names, ", "),
      "Email": $c.email,
      "Phone": $c.phone,
      "TaxNo": $c.tax_id,
      "Currency": $isNew and $c.currency != null ? $c.currency,
      "CreditLimit": $isNew and $c.credit_limit != null ? $c.credit_limit.amount,
      "TermsDays": $type($c.terms_days) = "number" ? $c.terms_days,
      "Blocked": $c.status in ["inactive", "deleted"] ? "Y",
      "Address": $a = null ? null : $exists($a) ? {
        "Line1": $a.line1,
        "Line2": $a.line2,
        "City": $a.city,
        "Region": $a.region,
        "PostCode": $a.postal_code,
        "CountryCode": $a.country_code
      }
    }
  )};`;

const LINES = `  $line := function($l, $i) {{
    "LineNo": $i + 1,
    "ItemCode": $coalesce($link("product", $l.product_id, "erp"), $l.sku),
    "Description": $l.description != null ? $truncate($l.description, 60),
    "Qty": $l.quantity,
    "UnitPrice": $l.unit_price,
    "LineAmount": $l.amount
  }};`;

export const CUSTOMER_OUT = `(
${CUSTOMER}
  $payload(canonical, canonical.id)
)`;

/** The customer that a sale was made to: written before the order that needs it. */
export const SALE_TO_CUSTOMER = `(
${CUSTOMER}
  $sold := canonical.customer;
  $exists($sold)
    ? $merge([$payload($sold, $sold.id), {"_link": {"type": "customer", "id": $sold.id}}])
    : $skip("The sale names no customer.")
)`;

/**
 * An invoice's tax has no code that the ERP would know: it goes along as a line of its own, unless the amounts of the lines
 * hold it already.
 */
export const INVOICE_OUT = `(
${REFERENCE}
${LINES}
  $number := $link("invoice", canonical.id, "erp");
  $total := $required(canonical.total.amount, "canonical.total.amount");
  $lines := $count(canonical.lines) = 0
    ? [{
        "LineNo": 1,
        "Description": $truncate("Invoice " & $default(canonical.number, canonical.id), 60),
        "Qty": "1",
        "UnitPrice": $total,
        "LineAmount": $total
      }]
    : [$map(canonical.lines, $line)];
  $tax := $default(canonical.tax_total.amount, "0");
  $hasOwnTax := $compareDecimals($tax, "0") != 0 and $compareDecimals($sumDecimals($lines.LineAmount), $total) != 0;
  {
    "InvoiceNo": $number,
    "ExtRef": $not($exists($number)) ? $reference(canonical.id),
    "CustNo": $linkRequired("customer", canonical.customer_id, "erp"),
    "InvDate": canonical.issue_date,
    "DueDate": canonical.due_date != null ? canonical.due_date,
    "Currency": canonical.currency,
    "Total": $total,
    "Status": canonical.state = "void" ? "CANCELLED",
    "PoNumber": canonical.po_number,
    "Lines": {
      "Line": $hasOwnTax
        ? $append($lines, {
            "LineNo": $count($lines) + 1,
            "Description": "Tax",
            "Qty": "1",
            "UnitPrice": $tax,
            "TaxCode": "",
            "LineAmount": $tax
          })
        : $lines
    }
  }
)`;

/** A won opportunity, booked once. To the hub both are one sale: whatever comes of it finds its way back by that link. */
export const SALE_TO_ORDER = `(
${REFERENCE}
${LINES}
  $exists($link("invoice", canonical.id, "erp"))
    ? $skip("The order is booked already.")
    : {
        "_link": {"type": "invoice", "id": canonical.id},
        "ExtRef": $reference(canonical.id),
        "CustNo": $linkRequired("customer", canonical.customer_id, "erp"),
        "InvDate": canonical.close_date,
        "Currency": $coalesce(canonical.currency, canonical.amount.currency),
        "Total": $sumDecimals(canonical.lines.amount),
        "Lines": {"Line": [$map(canonical.lines, $line)]}
      }
)`;

export const PAYMENT_OUT = `(
${REFERENCE}
  $exists($link("payment", canonical.id, "erp"))
    ? $skip("The payment is posted already, and the ERP never changes one.")
    : {
        "ExtRef": $reference(canonical.id),
        "CustNo": $linkRequired("customer", canonical.customer_id, "erp"),
        "PayDate": canonical.date,
        "Currency": canonical.amount.currency,
        "Amount": canonical.amount.amount,
        "Method": canonical.method != null ? $truncate(canonical.method, 20),
        "Allocations": {
          "Allocation": [$map(canonical.allocations, function($a) {{
            "InvoiceNo": $linkRequired("invoice", $a.invoice_id, "erp"),
            "Amount": $a.amount
          }})]
        }
      }
)`;
