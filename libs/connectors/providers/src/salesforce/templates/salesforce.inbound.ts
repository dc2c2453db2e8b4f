/**
 * From a Salesforce record to the hub's model. Salesforce answers null for an empty field and leaves out a field that the
 * hub's user may not see, so both pass through as they are.
 */

const ADDRESS = `  $code := function($country) {
    $country = null ? null : $exists($country) ? $countryCode($country, null)
  };
  $line := function($street, $number) {
    $street = null ? null : $exists($street) ? $split($street, /\\r?\\n/)[$number]
  };
  $address := function($street, $city, $region, $postcode, $country) {{
    "line1": $line($street, 0),
    "line2": $line($street, 1),
    "city": $city,
    "region": $region,
    "postal_code": $postcode,
    "country_code": $code($country)
  }};`;

const CUSTOMER = `  $customer := function($a) {{
    "id": $a.Id,
    "status": $a.IsDeleted ? "deleted" : $a.Active__c = "No" ? "inactive" : "active",
    "updated_at": $toInstant($a.SystemModstamp),
    "kind": $a.IsPersonAccount = true ? "person" : "business",
    "display_name": $a.Name,
    "legal_name": $a.Name,
    "given_name": $a.FirstName,
    "family_name": $a.LastName,
    "email": $a.PersonEmail,
    "phone": $a.Phone,
    "website": $a.Website,
    "tax_id": $a.Tax_Id__c,
    "account_number": $a.AccountNumber,
    "billing": $address($a.BillingStreet, $a.BillingCity, $a.BillingState, $a.BillingPostalCode, $a.BillingCountry),
    "shipping": $address($a.ShippingStreet, $a.ShippingCity, $a.ShippingState, $a.ShippingPostalCode, $a.ShippingCountry),
    "currency": $a.CurrencyIsoCode,
    "terms_days": $a.Terms_Days__c,
    "notes": $a.Description
  }};`;

/** A single-currency org does not say which: the connection does. */
const CURRENCY = `  $currencyOf := function($r) { $coalesce($r.CurrencyIsoCode, connection.config.default_currency, "USD") };`;

export const ACCOUNT_IN = `(
${ADDRESS}
${CUSTOMER}
  $customer(record)
)`;

export const CONTACT_IN = `(
  {
    "id": record.Id,
    "status": record.IsDeleted ? "deleted" : "active",
    "updated_at": $toInstant(record.SystemModstamp),
    "customer_id": record.AccountId,
    "given_name": record.FirstName,
    "family_name": record.LastName,
    "email": record.Email,
    "phone": $ifAbsent($coalesce(record.Phone, record.MobilePhone), record.Phone),
    "title": record.Title
  }
)`;

export const OPPORTUNITY_IN = `(
${ADDRESS}
${CUSTOMER}
${CURRENCY}
  $currency := $currencyOf(record);
  $amount := $default(record.Amount, "0");
  $items := record.OpportunityLineItems;
  {
    "id": record.Id,
    "status": record.IsDeleted ? "deleted" : "active",
    "updated_at": $toInstant(record.SystemModstamp),
    "name": record.Name,
    "customer_id": record.AccountId,
    "stage": record.StageName,
    "won": record.IsWon,
    "closed": record.IsClosed,
    "close_date": record.CloseDate,
    "currency": $currency,
    "amount": $money($amount, $currency),
    "lines": $count($items) = 0
      ? [{
          "line_no": 1,
          "description": "Opportunity " & record.Name,
          "quantity": "1",
          "unit_price": $money($amount, $currency).amount,
          "amount": $money($amount, $currency).amount
        }]
      : [$map($items, function($item, $index) {{
          "line_no": $index + 1,
          "product_id": $item.Product2Id,
          "sku": $item.ProductCode,
          "description": $coalesce($item.Description, $item.Name),
          "quantity": $decimal($item.Quantity),
          "unit_price": $decimal($item.UnitPrice),
          "amount": $decimal($item.TotalPrice)
        }})],
    "memo": record.Description,
    "customer": $exists(record.Account.Id) ? $customer(record.Account)
  }
)`;

export const PRODUCT_IN = `(
  {
    "id": record.Id,
    "status": record.IsDeleted ? "deleted" : record.IsActive = false ? "inactive" : "active",
    "updated_at": $toInstant(record.SystemModstamp),
    "sku": record.ProductCode,
    "name": record.Name,
    "description": record.Description,
    "unit_price": $exists(record.StandardPrice)
      ? {"amount": $decimal(record.StandardPrice.UnitPrice), "currency": record.StandardPrice.CurrencyIsoCode}
  }
)`;
