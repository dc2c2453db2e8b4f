import { type CodeAdvice } from '@hub/connector-sdk';

/** https://developer.intuit.com/app/developer/qbo/docs/develop/troubleshooting/error-codes */
export const ADVICE: Readonly<Record<string, CodeAdvice>> = {
  '6240': {
    title: 'duplicate name',
    explanation:
      'QuickBooks has a customer, vendor, employee or item of this name already; names are unique across all of them, inactive ones included.',
    action:
      'Link the two records, or rename one of them in QuickBooks, or let the mapping add something to the name; then replay with mapping "current".',
  },
  '6140': {
    title: 'duplicate document number',
    explanation: 'Another transaction has this number, and the company does not allow numbers twice.',
    action:
      'If it is the same document, cancel the delivery. Else change the number, or allow duplicates in the connection; then replay.',
  },
  '6210': {
    title: 'books closed',
    explanation:
      'The date of the document lies in a period whose books are closed: QuickBooks lets no program change it.',
    action:
      'Let an administrator of the company move the closing date, or make the change in QuickBooks; then replay, or cancel the delivery.',
  },
  '6540': {
    title: 'document deposited',
    explanation: 'The payment is part of a bank deposit, and cannot be changed as long as it is.',
    action: 'Take it out of the deposit in QuickBooks and replay, or make the change there and cancel the delivery.',
  },
  unknown_terms: {
    title: 'payment terms missing',
    explanation: 'The QuickBooks company has no payment terms of as many days as the record has.',
    action: 'Add terms of that many days in QuickBooks (Lists, Terms), wait ten minutes, then retry or replay.',
  },
  '610': {
    title: 'record inactive or deleted',
    explanation: 'The record, or one that it points at, has been deleted or made inactive in QuickBooks.',
    action: 'Make it active again in QuickBooks, or link another one, then replay.',
  },
  '6190': {
    title: 'company cannot be used',
    explanation: 'The subscription of the QuickBooks company has ended, or the company is being upgraded.',
    action:
      'Let the owner of the company see to its subscription. Deliveries wait for that and go on by themselves; replay what waited too long.',
  },
  '3100': {
    title: 'company refused',
    explanation:
      'QuickBooks does not let this app use the company: it was connected to another one, or in another environment, or its scope was taken away.',
    action:
      'Check the environment of the connection and sign in to the company again. Deliveries wait for that and go on by themselves.',
  },
  '2020': {
    title: 'required value missing',
    explanation: 'QuickBooks needs a value that was not sent; the message names it.',
    action: 'Let the mapping fill it, publish it, and replay with mapping "current".',
  },
  '2050': {
    title: 'value too long',
    explanation: 'A text is longer than QuickBooks takes; the message names it.',
    action: 'Let the mapping cut it, publish it, and replay with mapping "current".',
  },
  '2500': {
    title: 'reference not found',
    explanation: 'A record that this one points at, such as a customer, an item or a tax code, is not in this company.',
    action: 'Deliver or create that record first, or correct the reference in the mapping; then replay.',
  },
};
