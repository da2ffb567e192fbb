/** As much of a JSON Schema as the messages use. */
interface Schema {
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly format?: string;
  readonly pattern?: string;
  readonly default?: unknown;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
}

export interface Field {
  /** Such as `requests[].amount`. */
  readonly path: string;
  readonly type: string;
  readonly isRequired: boolean;
  readonly rule: string;
}

/** Formats say more than the long pattern that stands beside them. */
const PATTERN_SHOWN_MAX = 60;

/** Every field of a message, those of nested objects after the one that holds them. */
export function fieldsOf(schema: Schema, root = ''): Field[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, field]) => {
    const path = root === '' ? name : `${root}.${name}`;
    const inner = field.items ?? field;
    const own = { path, type: typeOf(field), isRequired: schema.required?.includes(name) === true && field.default === undefined, rule: ruleOf(field) };
    return [own, ...fieldsOf(inner, field.items === undefined ? path : `${path}[]`)];
  });
}

function typeOf({ type, items, anyOf, format, enum: choices, const: only }: Schema): string {
  if (items !== undefined) return `array of ${typeOf(items)}`;
  if (anyOf !== undefined) return anyOf.map(typeOf).join(' or ');
  if (choices !== undefined || only !== undefined) return 'text';
  if (type === 'string') return format ?? 'text';
  return typeof type === 'string' ? type : (type ?? ['anything']).join(' or ');
}

function ruleOf(schema: Schema): string {
  const { enum: choices, const: only, pattern, format, default: preset, items } = schema;
  return [
    choices === undefined ? '' : choices.map((choice) => `\`${String(choice)}\``).join(', '),
    only === undefined ? '' : `\`${String(only)}\``,
    pattern === undefined || format !== undefined || pattern.length > PATTERN_SHOWN_MAX ? '' : `\`${pattern}\``,
    between(schema.minLength, schema.maxLength, 'characters'),
    between(schema.exclusiveMinimum === undefined ? schema.minimum : schema.exclusiveMinimum + 1, bounded(schema.maximum), ''),
    between(schema.minItems, schema.maxItems, 'items'),
    items?.enum === undefined ? '' : ruleOf(items),
    preset === undefined ? '' : `default \`${String(preset)}\``,
  ]
    .filter((rule) => rule !== '')
    .join('; ');
}

/** The largest whole number of a double is zod's way to say "none". */
function bounded(maximum: number | undefined): number | undefined {
  return maximum === Number.MAX_SAFE_INTEGER ? undefined : maximum;
}

function between(from: number | undefined, to: number | undefined, of: string): string {
  const unit = of === '' ? '' : ` ${of}`;
  if (from !== undefined && to !== undefined) return `${from} to ${to}${unit}`;
  if (to !== undefined) return `at most ${to}${unit}`;
  return from === undefined || from === Number.MIN_SAFE_INTEGER ? '' : `at least ${from}${unit}`;
}
