/**
 * From the hub's model to a NetSuite record. A record that is linked is changed by its id. Any other gets an external id made
 * of the connection, the kind of record (customers and vendors share theirs) and the id at the source, so that a repeat
 * finds it again; what NetSuite does not take in one is replaced, and then a hash keeps two of them apart.
 * Null clears a field. Names are never cut: NetSuite refuses one that is too long, and names the field.
 */

const KEY = `  $key := function($type, $id) {(
    $text := $coalesce(connection_id, $event.source) & "-" & $type & "-" & $id;
    $contains($text, /[^A-Za-z0-9_-]/) or $length($text) > 80
      ? $substring($replace($text, /[^A-Za-z0-9_-]/, "_"), 0, 60) & "-" & $substring($hash($text), 0, 16)
      : $text
  )};`;

const TEXT = `${KEY}
  $isSet := function($value) { $exists($value) and $value != null };
  $inactive := function($status) { $exists($status) ? $status != "active" };
  $web := function($url) { $isSet($url) ? $contains($url, "://") ? $url : "https://" & $url : $url };
  $place := function($a) {{
    "addr1": $a.line1,
    "addr2": $a.line2,
    "city": $a.city,
    "state": $a.region,
    "zip": $a.postal_code,
    "country": $isSet($a.country_code) ? {"id": $a.country_code}
  }};
  $isPlace := function($a) { $count($a.*[$ != null]) > 0 };
  $book := function($billing, $shipping) {(
    $lines := $isPlace($billing) and $billing = $shipping
      ? [{"defaultBilling": true, "defaultShipping": true, "addressBookAddress": $place($billing)}]
      : $append(
          $isPlace($billing) ? [{"defaultBilling": true, "addressBookAddress": $place($billing)}] : [],
          $isPlace($shipping) ? [{"defaultShipping": true, "addressBookAddress": $place($shipping)}] : []
        );
    $count($lines) > 0 ? {"items": [$lines]}
  )};`;

/** What is only said of a new one: neither can be changed once there are transactions. */
const NEW_PARTY = `"currency": $isSet($c.currency) ? {"symbol": $c.currency}`;

const PARTY = `    "email": $c.email,
    "phone": $c.phone,
    "vatRegNumber": $c.tax_id,
    "accountNumber": $c.account_number,`;

const CUSTOMER = `$merge([
    $exists($id) ? {"id": $id} : {
      "externalId": $key("customer", $c.id),
      "isPerson": $isPerson,
      ${NEW_PARTY}
    },
    $isPerson
      ? {"firstName": $c.given_name, "lastName": $c.family_name}
      : {"companyName": $required($c.display_name, "display_name")},
    {
${PARTY}
    "url": $web($c.website),
    "terms": $isSet($c.terms_days) ? {"daysUntilNetDue": $c.terms_days},
    "creditLimit": $c.credit_limit = null ? null : $c.credit_limit.amount,
    "comments": $c.notes,
    "isInactive": $inactive($c.status),
    "addressBook": $book($c.billing, $c.shipping)
  }])`;

/** Without both of its names NetSuite takes no person. */
const CUSTOMER_IS = `  $id := $link("customer", $c.id, "netsuite");
  $isPerson := $c.kind = "person" and $isSet($c.given_name) and $isSet($c.family_name);`;

export const CUSTOMER_OUT = `(
  $c := canonical;
${TEXT}
${CUSTOMER_IS}
  ${CUSTOMER}
)`;

/** The customer that a sale was made to: written before the invoice that needs it. */
export const SALE_TO_CUSTOMER = `(
  $c := canonical.customer;
${TEXT}
${CUSTOMER_IS}
  $exists($c)
    ? $merge([${CUSTOMER}, {"_link": {"type": "customer", "id": $c.id}}])
    : $skip("The sale names no customer.")
)`;

export const VENDOR_OUT = `(
  $c := canonical;
${TEXT}
  $id := $link("vendor", $c.id, "netsuite");
  $merge([
    $exists($id) ? {"id": $id} : {"externalId": $key("vendor", $c.id), "isPerson": false, ${NEW_PARTY}},
    {
    "companyName": $required($c.display_name, "display_name"),
    "legalName": $c.legal_name,
${PARTY}
    "isInactive": $inactive($c.status),
    "addressBook": $book($c.billing, $nothing)
  }])
)`;

export const CONTACT_OUT = `(
${TEXT}
  $id := $link("contact", canonical.id, "netsuite");
  $merge([
    $exists($id) ? {"id": $id} : {"externalId": $key("contact", canonical.id)},
    {
    "firstName": canonical.given_name,
    "lastName": canonical.family_name,
    "email": canonical.email,
    "phone": canonical.phone,
    "title": canonical.title,
    "company": $isSet(canonical.customer_id) ? {"id": $linkRequired("customer", canonical.customer_id, "netsuite")},
    "isInactive": $inactive(canonical.status)
  }])
)`;

export const PRODUCT_OUT = `(
${TEXT}
  $id := $link("product", canonical.id, "netsuite");
  $merge([
    $exists($id) ? {"id": $id} : {
      "externalId": $key("product", canonical.id),
      "recordType": $exists(canonical.type) ? $lookup({
        "service": "serviceSaleItem",
        "inventory": "inventoryItem",
        "non_inventory": "nonInventorySaleItem"
      }, canonical.type)
    },
    {
    "itemId": $required($coalesce(canonical.sku, canonical.name), "canonical.name"),
    "displayName": canonical.name,
    "salesDescription": canonical.description,
    "cost": canonical.cost = null ? null : canonical.cost.amount,
    "isInactive": $inactive(canonical.status),
    "price": $isSet(canonical.unit_price) ? {"items": [{
      "priceLevel": {"id": "1"},
      "currencyPage": {"symbol": canonical.unit_price.currency},
      "quantity": "0",
      "price": canonical.unit_price.amount
    }]}
  }])
)`;

/** A price level would overrule the rate; of rate and amount the last one counts. */
const LINES = `  $line := function($item, $values) {(
    $known := $link("product", $item, "netsuite");
    $merge([$exists($known) ? {"item": {"id": $known}} : {}, {"price": {"id": "-1"}}, $values])
  )};
  $lines := function($given) {[$map($given, function($l) {
    $line($l.product_id, {
      "description": $isSet($l.description) ? $l.description,
      "quantity": $l.quantity,
      "rate": $l.unit_price,
      "amount": $l.amount
    })
  })]};`;

const HEAD = (type: string): string => `$exists($id) ? {"id": $id} : {"externalId": $key("${type}", canonical.id)},
    {
    "entity": {"id": $linkRequired("customer", canonical.customer_id, "netsuite")},
    "currency": $isSet(canonical.currency) ? {"symbol": canonical.currency},`;

export const INVOICE_OUT = `(
${TEXT}
${LINES}
  $id := $link("invoice", canonical.id, "netsuite");
  $merge([
    ${HEAD('invoice')}
    "tranDate": canonical.issue_date,
    "dueDate": $isSet(canonical.due_date) ? canonical.due_date,
    "otherRefNum": canonical.po_number,
    "memo": canonical.memo,
    "item": {"items": $lines(canonical.lines)}
  }])
)`;

export const ORDER_OUT = `(
${TEXT}
${LINES}
  $id := $link("order", canonical.id, "netsuite");
  $merge([
    ${HEAD('order')}
    "tranDate": canonical.order_date,
    "otherRefNum": canonical.po_number,
    "item": {"items": $lines(canonical.lines)}
  }])
)`;

const saleTo = (type: 'invoice' | 'order'): string => `(
${TEXT}
${LINES}
  $id := $link("${type}", canonical.id, "netsuite");
  $merge([
    ${HEAD(type)}
    "tranDate": canonical.close_date,
    "memo": $coalesce(canonical.memo, canonical.name),
    "item": {"items": $count(canonical.lines) > 0 ? $lines(canonical.lines) : [$line($nothing, {
      "description": "Opportunity " & canonical.name,
      "quantity": "1",
      "rate": $required(canonical.amount.amount, "canonical.amount"),
      "amount": canonical.amount.amount
    })]},
    "_link": {"type": "${type}", "id": canonical.id}
  }])
)`;

export const SALE_TO_INVOICE = saleTo('invoice');
export const SALE_TO_ORDER = saleTo('order');

export const PAYMENT_OUT = `(
${TEXT}
  $id := $link("payment", canonical.id, "netsuite");
  $merge([
    $exists($id) ? {"id": $id} : {"externalId": $key("payment", canonical.id)},
    {
    "customer": {"id": $linkRequired("customer", canonical.customer_id, "netsuite")},
    "currency": {"symbol": canonical.amount.currency},
    "tranDate": canonical.date,
    "payment": canonical.amount.amount,
    "checkNum": canonical.reference,
    "apply": $count(canonical.allocations) > 0 ? {"items": [$map(canonical.allocations, function($one) {{
      "doc": {"id": $linkRequired("invoice", $one.invoice_id, "netsuite")},
      "apply": true,
      "amount": $one.amount
    }})]}
  }])
)`;
