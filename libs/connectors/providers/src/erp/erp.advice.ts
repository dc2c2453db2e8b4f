import { type CodeAdvice } from '@hub/connector-sdk';

/** Codes of the ERP's interface contract. */
export const ADVICE: Readonly<Record<string, CodeAdvice>> = {
  'ERP-1001': {
    title: 'required value missing',
    explanation: 'The ERP needs a value that was not sent; the message names it.',
    action: 'Let the mapping fill it, publish it, and replay with mapping "current".',
  },
  'ERP-1004': {
    title: 'character not in the code page',
    explanation: 'A text has a character that the ERP cannot hold.',
    action: 'Let the mapping replace it, publish it, and replay with mapping "current".',
  },
  'ERP-1010': {
    title: 'total differs from its lines',
    explanation: 'The total that was sent is not what the lines add up to.',
    action: 'Correct the sums at their source or in the mapping, then replay.',
  },
  'ERP-1021': {
    title: 'customer blocked',
    explanation: 'The customer is blocked for new documents in the ERP.',
    action: 'Let accounting lift the block, then replay; or cancel the delivery.',
  },
  'ERP-1043': {
    title: 'period closed',
    explanation: 'The date of the document falls into a period that accounting has closed.',
    action: 'Let accounting open the period, or let the mapping post it into the open one; then replay.',
  },
  'ERP-1044': {
    title: 'invoice paid or cancelled',
    explanation: 'The invoice can no longer be changed: it is paid or cancelled in the ERP.',
    action: 'Make a credit note there if the change is needed, and cancel the delivery.',
  },
  'ERP-1062': {
    title: 'duplicate record',
    explanation: 'The ERP has a record with this number or name already.',
    action: 'Link the two records, or change the number at its source or in the mapping; then replay.',
  },
  'ERP-1063': {
    title: 'message already known',
    explanation: 'Another sender has used the name of this message for other content.',
    action: 'Look the record up in the ERP. If it is missing there, see who else sends to this interface.',
  },
};
