/**
 * From the hub's model to a Salesforce record. A record that is linked is written by its Id; any other gets an external id
 * made of the connection and the id at the source, so that a repeat finds it again.
 * Only fields that every org has are written, the external id field, and what says whether an account is in use.
 */

const KEY = (type: string): string => `  $id := $link("${type}", canonical.id, "salesforce");
  $key := $exists($id) ? {"Id": $id} : {"Hub_Id__c": $coalesce(connection_id, $event.source) & ":" & canonical.id};`;

const COUNTRY = `  $country := function($code) { $code = null ? null : $exists($code) ? $countryName($code) };
  $street := function($a) {
    $exists($a.line1) ? $join([$a.line1[$ != null], $a.line2[$ != null and $ != ""]], "\\n")
  };`;

/**
 * A new account that is in use says nothing of it: what the org makes of that is its own default. In orgs without the field
 * the connector leaves it out, or says it with the field that the connection names.
 */
const STATUS = `"Active__c": canonical.status in ["inactive", "deleted"] ? "No" : $exists($id) and canonical.status = "active" ? "Yes"`;

const accountOut = (more = ''): string => `(
${KEY('customer')}
${COUNTRY}
  $merge([$key, {
    "Name": $truncate($required(canonical.display_name, "canonical.display_name"), 255),
    "AccountNumber": canonical.account_number,
    "Phone": canonical.phone,
    "Website": canonical.website,
    "Description": canonical.notes,
    "BillingStreet": $street(canonical.billing),
    "BillingCity": canonical.billing.city,
    "BillingState": canonical.billing.region,
    "BillingPostalCode": canonical.billing.postal_code,
    "BillingCountry": $country(canonical.billing.country_code),
    "ShippingStreet": $street(canonical.shipping),
    "ShippingCity": canonical.shipping.city,
    "ShippingState": canonical.shipping.region,
    "ShippingPostalCode": canonical.shipping.postal_code,
    "ShippingCountry": $country(canonical.shipping.country_code),
    ${STATUS}${more}
  }])
)`;

export const ACCOUNT_OUT = accountOut();

/** Of a new account alone: amounts of an account that is there are in the currency that it has. */
export const ACCOUNT_WITH_CURRENCY_OUT = accountOut(`,
    "CurrencyIsoCode": $not($exists($id)) and canonical.currency != null ? canonical.currency`);

export const CONTACT_OUT = `(
${KEY('contact')}
  $merge([$key, {
    "LastName": $truncate($coalesce(canonical.family_name, canonical.given_name, canonical.email), 80),
    "FirstName": canonical.given_name,
    "Email": canonical.email,
    "Phone": canonical.phone,
    "Title": canonical.title,
    "AccountId": $exists(canonical.customer_id) and canonical.customer_id != null
      ? $linkRequired("customer", canonical.customer_id, "salesforce")
  }])
)`;

export const PRODUCT_OUT = `(
${KEY('product')}
  $merge([$key, {
    "Name": $truncate($required(canonical.name, "canonical.name"), 255),
    "ProductCode": canonical.sku,
    "Description": canonical.description,
    "IsActive": $exists(canonical.status) ? canonical.status = "active" : $not($exists($id)) ? true,
    "StandardPrice": canonical.unit_price != null ? {
      "UnitPrice": canonical.unit_price.amount,
      "CurrencyIsoCode": canonical.unit_price.currency
    }
  }])
)`;

/**
 * An invoice's number and what has been paid of it, back on the opportunity that it was made from. An invoice that comes
 * from no opportunity concerns nobody here.
 */
export const INVOICE_TO_OPPORTUNITY = `(
  $id := $link("invoice", canonical.id, "salesforce");
  $exists($id)
    ? {
        "Id": $id,
        "Invoice_No__c": canonical.number,
        "Paid_Amount__c": $sub(canonical.total.amount, $default(canonical.balance.amount, canonical.total.amount))
      }
    : $skip("No opportunity is linked with this invoice.")
)`;
