import { TextInput } from '@mantine/core';
import { type Connector } from '@hub/api-client';
import { SchemaForm, type FormValue } from '../../components/schema-form';
import { ApiProblem } from '../../lib/problem';
import { faultsBelow } from '../../lib/schema-fields';
import { text } from '../../text';

const words = text.connections.form;

export interface ConnectionFieldsProps {
  readonly connector: Connector;
  readonly name: string;
  readonly onName: (name: string) => void;
  readonly config: FormValue;
  readonly onConfig: (config: FormValue) => void;
  /** Of the last try to save: its faults stand at their fields. */
  readonly error: Error | null;
}

/** A connection's name, and what its connector has to know. */
export function ConnectionFields({ connector, name, onName, config, onConfig, error }: ConnectionFieldsProps) {
  return (
    <>
      <TextInput
        label={words.name}
        description={words.nameHint}
        required
        maxLength={200}
        value={name}
        onChange={(event) => onName(event.currentTarget.value)}
      />
      <SchemaForm
        schema={connector.config_schema}
        value={config}
        onChange={onConfig}
        faults={faultsBelow(error instanceof ApiProblem ? error.faults : [], '/config')}
        moreLabel={words.more}
      />
    </>
  );
}
