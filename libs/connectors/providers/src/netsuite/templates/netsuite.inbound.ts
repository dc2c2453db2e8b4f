/**
 * From a pulled NetSuite record to the hub's model. What is empty in NetSuite is null; a field that the account does not
 * have, or that the hub's role may not see, is missing, and stays unsaid.
 */

const ADDRESS = `  $address := function($book, $kind) {(
    $line := $kind = "billing" ? $book.items[defaultBilling = true][0] : $book.items[defaultShipping = true][0];
    $a := $line.addressBookAddress;
    $exists($book) ? $exists($a) ? {
      "line1": $a.addr1,
      "line2": $a.addr2,
      "city": $a.city,
      "region": $a.state,
      "postal_code": $a.zip,
      "country_code": $a.country = null ? null : $countryCode($a.country.id, null)
    } : null
  )};`;

const STATUS = `record.isDeleted = true ? "deleted" : record.isInactive = true ? "inactive" : "active"`;

/** An account with one currency has no field for it: the connection says which one it is. */
const CURRENCY = `  $currency := $coalesce(record.currency.symbol, connection.config.default_currency, "USD");
  $amount := function($value) { $value = null ? null : $exists($value) ? $money($value, $currency) };`;

const HEAD = `    "id": record.id,
    "status": ${STATUS},
    "updated_at": record.lastModifiedDate,`;

/** A number that the account gives out, or a name: \`entityId\` is both. */
const PARTY = `${HEAD}
    "display_name": $coalesce(
      record.isPerson = true ? $trim($join([record.firstName, record.lastName][$ != null], " ")),
      record.companyName,
      record.entityId
    ),
    "legal_name": record.companyName,
    "email": record.email,
    "phone": record.phone,
    "tax_id": record.vatRegNumber,
    "account_number": record.accountNumber,
    "billing": $address(record.addressBook, "billing"),
    "currency": record.currency = null ? null : record.currency.symbol,`;

export const CUSTOMER_IN = `(
${ADDRESS}
${CURRENCY}
  {
${PARTY}
    "kind": $exists(record.isPerson) ? record.isPerson ? "person" : "business",
    "given_name": record.firstName,
    "family_name": record.lastName,
    "website": record.url,
    "shipping": $address(record.addressBook, "shipping"),
    "terms_days": record.terms = null ? null : record.terms.daysUntilNetDue,
    "credit_limit": $amount(record.creditLimit),
    "notes": record.comments
  }
)`;

export const VENDOR_IN = `(
${ADDRESS}
  {
${PARTY.trimEnd().replace(/,$/, '')}
  }
)`;

export const CONTACT_IN = `(
  {
${HEAD}
    "customer_id": record.company = null ? null : record.company.id,
    "given_name": record.firstName,
    "family_name": $coalesce(record.lastName, record.entityId),
    "email": record.email,
    "phone": $ifAbsent($coalesce(record.phone, record.mobilePhone), record.phone),
    "title": record.title
  }
)`;

export const ITEM_IN = `(
  $wanted := $coalesce(connection.config.default_currency, "USD");
  $price := $ifAbsent(record.price.items[currencyPage.symbol = $wanted][0], record.price.items[0]);
  {
${HEAD}
    "sku": record.itemId,
    "name": $coalesce(record.displayName, record.itemId),
    "description": record.salesDescription,
    "type": $exists(record.itemType) ? $lookup({
      "Service": "service",
      "InvtPart": "inventory",
      "Assembly": "inventory",
      "NonInvtPart": "non_inventory",
      "OthCharge": "non_inventory",
      "Kit": "bundle",
      "Group": "bundle"
    }, record.itemType),
    "unit_price": $exists($price.price) and $price.price != null
      ? $money($price.price, $coalesce($price.currencyPage.symbol, $wanted)),
    "cost": record.cost = null ? null : $exists(record.cost) ? $money(record.cost, $wanted)
  }
)`;

/** Amounts come with more digits than the currency has where NetSuite computed them; of a price they count. */
const LINES = `[$map(record.item.items, function($line, $index) {{
      "line_no": $index + 1,
      "product_id": $line.item.id,
      "sku": $line.item.refName,
      "description": $line.description,
      "quantity": $decimal($default($line.quantity, 1)),
      "unit_price": $decimal($default($line.rate, $default($line.amount, 0))),
      "amount": $money($default($line.amount, 0), $currency).amount
    }})]`;

export const INVOICE_IN = `(
${CURRENCY}
  {
${HEAD}
    "number": record.tranId,
    "customer_id": record.entity.id,
    "issue_date": record.tranDate,
    "due_date": record.dueDate,
    "currency": $currency,
    "lines": ${LINES},
    "tax_total": $amount(record.taxTotal),
    "total": $amount(record.total),
    "balance": $amount(record.amountRemaining),
    "state": $exists(record.status)
      ? record.voided = true ? "void"
      : record.status = "B" ? "paid"
      : record.status = "D" ? "draft"
      : $compareDecimals($default(record.amountPaid, 0), 0) > 0 ? "partly_paid"
      : "open",
    "po_number": record.otherRefNum,
    "memo": record.memo
  }
)`;

export const ORDER_IN = `(
${CURRENCY}
  {
${HEAD}
    "number": record.tranId,
    "customer_id": record.entity.id,
    "order_date": record.tranDate,
    "currency": $currency,
    "lines": ${LINES},
    "total": $amount(record.total),
    "po_number": record.otherRefNum
  }
)`;

export const PAYMENT_IN = `(
${CURRENCY}
  {
${HEAD}
    "customer_id": record.customer.id,
    "date": record.tranDate,
    "amount": $amount(record.payment),
    "unapplied": $amount(record.unapplied),
    "method": record.paymentMethod = null ? null : record.paymentMethod.refName,
    "reference": record.checkNum,
    "allocations": [$map(record.apply.items, function($line) {{
      "invoice_id": $line.doc.id,
      "amount": $money($line.amount, $currency).amount
    }})]
  }
)`;
