import Big from 'big.js';
import { type Company } from '../quickbooks.company';
import { type ValueObject } from '../quickbooks.values';
import { COMPANY_INFO, PREFERENCES } from '../schema/entity-registry';
import { type EntityName, type EntityType } from '../schema/schema.types';
import { type Stored } from './entity-store';

/** `CompanyInfo` and `Preferences` are one record each, made of the company's settings. */
export function singletonOf(company: Company, name: EntityName): Stored | undefined {
  if (name === 'CompanyInfo') return asStored(company, COMPANY_INFO, companyInfo(company));
  if (name === 'Preferences') return asStored(company, PREFERENCES, preferences(company));
  return undefined;
}

/** What a search over an entity goes through. */
export function* searchable(company: Company, { name }: EntityType): Generator<Stored> {
  const single = singletonOf(company, name);
  if (single) yield single;
  else yield* company.store.visible(name, company.clock.now());
}

function asStored(company: Company, type: EntityType, body: ValueObject): Stored {
  return {
    type,
    id: '1',
    syncToken: company.settingsVersion,
    createdMs: company.settingsChangedMs,
    updatedMs: company.settingsChangedMs,
    actor: company.administrator,
    body,
  };
}

function companyInfo({ account, settings }: Company): ValueObject {
  const country = settings.taxModel === 'us' ? 'US' : 'GB';
  const address = {
    Id: '1',
    Line1: '2500 Garcia Ave',
    City: 'Mountain View',
    CountrySubDivisionCode: 'CA',
    PostalCode: '94043',
  };
  const pair = (Name: string, Value: string): ValueObject => ({ Name, Value });
  return {
    CompanyName: account.companyName,
    LegalName: account.companyName,
    CompanyAddr: address,
    CustomerCommunicationAddr: address,
    LegalAddr: address,
    CustomerCommunicationEmailAddr: { Address: account.adminEmail },
    Email: { Address: account.adminEmail },
    PrimaryPhone: { FreeFormNumber: '(650) 555-0100' },
    WebAddr: {},
    CompanyStartDate: '2021-01-01',
    FiscalYearStartMonth: 'January',
    Country: country,
    SupportedLanguages: 'en',
    DefaultTimeZone: 'America/Los_Angeles',
    NameValue: [
      pair('NeoEnabled', 'true'),
      pair('IndustryType', 'Wholesale trade'),
      pair('CompanyType', 'Other'),
      pair('SubscriptionStatus', settings.subscription === 'active' ? 'SUBSCRIBED' : 'EXPIRED'),
      pair('OfferingSku', 'QuickBooks Online Plus'),
    ],
  };
}

function preferences({ settings }: Company): ValueObject {
  const flags = [1, 2, 3].map((number) => ({
    Name: `SalesFormsPrefs.UseSalesCustom${number}`,
    Type: 'BooleanType',
    BooleanValue: settings.customFieldNames[number - 1] !== undefined,
  }));
  const names = settings.customFieldNames.map((name, index) => ({
    Name: `SalesFormsPrefs.SalesCustomName${index + 1}`,
    Type: 'StringType',
    StringValue: name,
  }));
  return {
    AccountingInfoPrefs: {
      UseAccountNumbers: false,
      TrackDepartments: false,
      ClassTrackingPerTxn: false,
      ClassTrackingPerTxnLine: false,
      FirstMonthOfFiscalYear: 'January',
      TaxYearMonth: 'January',
      CustomerTerminology: 'Customers',
      ...(settings.bookCloseDate === null ? {} : { BookCloseDate: settings.bookCloseDate }),
    },
    ProductAndServicesPrefs: {
      ForSales: true,
      ForPurchase: true,
      QuantityWithPriceAndRate: true,
      QuantityOnHand: true,
    },
    SalesFormsPrefs: {
      CustomField: [{ CustomField: flags }, ...(names.length > 0 ? [{ CustomField: names }] : [])],
      CustomTxnNumbers: settings.customTxnNumbers,
      AllowDeposit: false,
      AllowDiscount: true,
      AllowEstimates: true,
      AllowServiceDate: true,
      AllowShipping: true,
      ETransactionEnabledStatus: 'NotApplicable',
      DefaultTerms: { value: '3' },
    },
    EmailMessagesPrefs: {
      InvoiceMessage: { Subject: `Invoice from your supplier`, Message: 'Your invoice is attached.' },
    },
    VendorAndPurchasesPrefs: { TrackingByCustomer: false, BillableExpenseTracking: false },
    TimeTrackingPrefs: { UseServices: false, MarkTimeEntriesBillable: false, WorkWeekStartDate: 'Monday' },
    TaxPrefs: {
      UsingSalesTax: true,
      PartnerTaxEnabled: settings.taxModel === 'us' && settings.automatedSalesTax,
      ...(settings.taxModel === 'us' ? { TaxGroupCodeRef: { value: '2' } } : {}),
    },
    CurrencyPrefs: { MultiCurrencyEnabled: settings.multiCurrency, HomeCurrency: { value: settings.homeCurrency } },
    ReportPrefs: { ReportBasis: 'Accrual', CalcAgingReportFromTxnDate: false },
    OtherPrefs: {
      NameValue: [
        { Name: 'SalesFormsPrefs.DefaultCustomerMessage', Value: 'Thank you for your business.' },
        { Name: 'VendorAndPurchasesPrefs.MaxLines', Value: new Big(500).toFixed() },
      ],
    },
  };
}
