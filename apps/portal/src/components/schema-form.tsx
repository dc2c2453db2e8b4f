import { Button, Checkbox, JsonInput, PasswordInput, Select, Stack, Textarea, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconChevronDown, IconChevronUp } from '@tabler/icons-react';
import { fieldsOf, type SchemaField, type JsonSchema } from '../lib/schema-fields';
import { NumberField } from './number-field';

export type FormValue = Readonly<Record<string, unknown>>;

export interface SchemaFormProps {
  readonly schema: JsonSchema;
  readonly value: FormValue;
  readonly onChange: (value: FormValue) => void;
  /** By name of the field: what the API said about it. */
  readonly faults?: Readonly<Record<string, string>>;
  /** Where given, what is neither needed nor a choice is folded away below these words. */
  readonly moreLabel?: string;
}

/** A form for whatever a connector says that it needs. What is left empty is left out, so that its default holds. */
export function SchemaForm({ schema, value, onChange, faults = {}, moreLabel }: SchemaFormProps) {
  const [isOpened, more] = useDisclosure(false);
  const set = (name: string, entered: unknown): void => {
    const { [name]: _before, ...others } = value;
    onChange(entered === undefined || entered === '' || entered === null ? others : { ...others, [name]: entered });
  };
  const show = (field: SchemaField) => (
    <Field
      key={field.name}
      field={field}
      value={value[field.name]}
      fault={faults[field.name]}
      onChange={(entered) => set(field.name, entered)}
    />
  );
  const fields = fieldsOf(schema);
  const isFirst = ({ isRequired, kind }: SchemaField): boolean =>
    moreLabel === undefined || isRequired || kind === 'choice';
  const folded = fields.filter((field) => !isFirst(field));
  // A fault must be seen.
  const isOpen = isOpened || folded.some(({ name }) => faults[name] !== undefined);
  return (
    <Stack gap="sm">
      {fields.filter(isFirst).map(show)}
      {folded.length > 0 && (
        <>
          <Button
            variant="subtle"
            size="compact-sm"
            style={{ alignSelf: 'flex-start' }}
            aria-expanded={isOpen}
            rightSection={isOpen ? <IconChevronUp size={14} /> : <IconChevronDown size={14} />}
            onClick={more.toggle}
          >
            {moreLabel}
          </Button>
          {isOpen && folded.map(show)}
        </>
      )}
    </Stack>
  );
}

interface FieldProps {
  readonly field: SchemaField;
  readonly value: unknown;
  readonly fault: string | undefined;
  readonly onChange: (value: unknown) => void;
}

function Field({ field, value, fault, onChange }: FieldProps) {
  const { kind, title: label, description, isRequired, placeholder } = field;
  const common = { label, description, required: isRequired, error: fault };
  const written = typeof value === 'string' ? value : '';
  switch (kind) {
    case 'secret':
      return (
        <PasswordInput
          {...common}
          autoComplete="off"
          value={written}
          onChange={(event) => onChange(event.currentTarget.value)}
        />
      );
    case 'long':
      return (
        <Textarea
          {...common}
          autosize
          minRows={3}
          maxRows={10}
          value={written}
          onChange={(event) => onChange(event.currentTarget.value)}
        />
      );
    case 'choice':
      return (
        <Select
          {...common}
          data={[...field.choices]}
          clearable={!isRequired}
          placeholder={placeholder}
          value={written === '' ? null : written}
          onChange={onChange}
        />
      );
    case 'number':
      return (
        <NumberField
          {...common}
          min={field.minimum}
          max={field.maximum}
          placeholder={placeholder}
          value={typeof value === 'number' ? value : ''}
          onChange={(entered) => onChange(entered === '' ? undefined : Number(entered))}
        />
      );
    case 'flag':
      return (
        <Checkbox
          label={label}
          description={description}
          error={fault}
          checked={value === undefined ? placeholder === 'true' : value === true}
          onChange={(event) => onChange(event.currentTarget.checked)}
        />
      );
    case 'json':
      return (
        <JsonInput
          {...common}
          autosize
          minRows={2}
          formatOnBlur
          defaultValue={value === undefined ? '' : JSON.stringify(value, null, 2)}
          onChange={(entered) => onChange(jsonOf(entered))}
        />
      );
    case 'text':
      return (
        <TextInput
          {...common}
          placeholder={placeholder}
          value={written}
          onChange={(event) => onChange(event.currentTarget.value)}
        />
      );
  }
}

/** What is no JSON yet is sent as it is: the API says what is wrong with it, and where. */
function jsonOf(entered: string): unknown {
  if (entered.trim() === '') return undefined;
  try {
    return JSON.parse(entered);
  } catch {
    return entered;
  }
}
