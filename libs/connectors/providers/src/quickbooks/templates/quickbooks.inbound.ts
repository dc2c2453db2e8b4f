/**
 * From a QuickBooks entity to the hub's model. QuickBooks leaves out what is empty, and tells nobody which: an absent
 * member stays unsaid.
 */

const ADDRESS = `  $address := function($a) {
    $exists($a) ? {
      "line1": $a.Line1,
      "line2": $a.Line2,
      "city": $a.City,
      "region": $a.CountrySubDivisionCode,
      "postal_code": $a.PostalCode,
      "country_code": $exists($a.Country) ? $countryCode($a.Country, null)
    }
  };`;

/** A name that was set inactive has this behind it; it is not part of the name. */
const NAME = `  $plain := function($name) { $replace($name, / \\(deleted( \\d+)?\\)$/, "") };`;

const STATUS = `record.status = "Deleted" ? "deleted" : record.Active = false ? "inactive" : "active"`;

/** Without multi-currency the company does not say it. */
const CURRENCY = `  $currency := $coalesce(record.CurrencyRef.value, connection.config.home_currency, "USD");`;

const PARTY = `    "id": record.Id,
    "status": ${STATUS},
    "updated_at": $toInstant(record.MetaData.LastUpdatedTime),
    "display_name": $plain(record.DisplayName),
    "legal_name": record.CompanyName,
    "email": record.PrimaryEmailAddr.Address,
    "phone": record.PrimaryPhone.FreeFormNumber,`;

export const CUSTOMER_IN = `(
${ADDRESS}
${NAME}
  {
${PARTY}
    "kind": $exists(record.CompanyName) ? "business" : $exists(record.FamilyName) ? "person" : "business",
    "given_name": record.GivenName,
    "family_name": record.FamilyName,
    "website": record.WebAddr.URI,
    "billing": $address(record.BillAddr),
    "shipping": $address(record.ShipAddr),
    "currency": record.CurrencyRef.value,
    "notes": record.Notes
  }
)`;

export const VENDOR_IN = `(
${ADDRESS}
${NAME}
  {
${PARTY}
    "account_number": record.AcctNum,
    "billing": $address(record.BillAddr),
    "currency": record.CurrencyRef.value
  }
)`;

export const ITEM_IN = `(
${NAME}
${CURRENCY}
  {
    "id": record.Id,
    "status": ${STATUS},
    "updated_at": $toInstant(record.MetaData.LastUpdatedTime),
    "sku": record.Sku,
    "name": $plain(record.Name),
    "description": record.Description,
    "type": $lookup({"Service": "service", "Inventory": "inventory", "NonInventory": "non_inventory", "Group": "bundle"}, record.Type),
    "unit_price": $exists(record.UnitPrice) ? {"amount": $decimal(record.UnitPrice), "currency": $currency},
    "cost": $exists(record.PurchaseCost) ? {"amount": $decimal(record.PurchaseCost), "currency": $currency}
  }
)`;

export const INVOICE_IN = `(
${CURRENCY}
  $isVoid := record.TotalAmt = 0 and $contains($default(record.PrivateNote, ""), "Voided");
  $lines := record.Line[DetailType = "SalesItemLineDetail"];
  {
    "id": record.Id,
    "status": record.status = "Deleted" ? "deleted" : "active",
    "updated_at": $toInstant(record.MetaData.LastUpdatedTime),
    "number": record.DocNumber,
    "customer_id": record.CustomerRef.value,
    "issue_date": record.TxnDate,
    "due_date": record.DueDate,
    "currency": $currency,
    "lines": [$map($lines, function($line, $index) {{
      "line_no": $index + 1,
      "product_id": $line.SalesItemLineDetail.ItemRef.value,
      "description": $line.Description,
      "quantity": $decimal($default($line.SalesItemLineDetail.Qty, 1)),
      "unit_price": $decimal($default($line.SalesItemLineDetail.UnitPrice, $line.Amount)),
      "tax_code": $line.SalesItemLineDetail.TaxCodeRef.value,
      "amount": $decimal($line.Amount)
    }})],
    "tax_total": $exists(record.TxnTaxDetail.TotalTax) ? $money(record.TxnTaxDetail.TotalTax, $currency),
    "total": $exists(record.TotalAmt) ? $money(record.TotalAmt, $currency),
    "balance": $exists(record.Balance) ? $money(record.Balance, $currency),
    "state": $exists(record.TotalAmt)
      ? $isVoid ? "void" : record.Balance = 0 ? "paid" : record.Balance < record.TotalAmt ? "partly_paid" : "open",
    "memo": record.CustomerMemo.value
  }
)`;

export const PAYMENT_IN = `(
${CURRENCY}
  {
    "id": record.Id,
    "status": record.status = "Deleted" ? "deleted" : "active",
    "updated_at": $toInstant(record.MetaData.LastUpdatedTime),
    "customer_id": record.CustomerRef.value,
    "date": record.TxnDate,
    "amount": $exists(record.TotalAmt) ? $money(record.TotalAmt, $currency),
    "unapplied": $exists(record.UnappliedAmt) ? $money(record.UnappliedAmt, $currency),
    "reference": record.PaymentRefNum,
    "allocations": [$map(record.Line[LinkedTxn.TxnType = "Invoice"], function($line) {{
      "invoice_id": $line.LinkedTxn[TxnType = "Invoice"][0].TxnId,
      "amount": $decimal($line.Amount)
    }})]
  }
)`;
