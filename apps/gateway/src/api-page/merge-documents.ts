/** As much of an OpenAPI document as merging needs. */
export interface ApiDocument {
  readonly paths: Readonly<Record<string, unknown>>;
  readonly components?: Readonly<Record<string, Readonly<Record<string, unknown>>>> | undefined;
  readonly [field: string]: unknown;
}

/**
 * One document of what can be asked for at the gateway. Paths that the gateway does not pass on to that service are left out; components that have
 * another content under the same name get the service's name before theirs.
 */
export function mergeDocuments(own: ApiDocument, others: ReadonlyMap<string, ApiDocument>, isPassedOn: (service: string, path: string) => boolean): ApiDocument {
  const paths: Record<string, unknown> = { ...own.paths };
  const components: Record<string, Record<string, unknown>> = {};
  addComponents(components, own);
  for (const [service, given] of others) {
    const document = withDistinctNames(service, given, components);
    addComponents(components, document);
    for (const [path, item] of Object.entries(document.paths)) {
      if (isPassedOn(service, path)) paths[path] = item;
    }
  }
  return { ...own, paths: Object.fromEntries(Object.entries(paths).sort(([a], [b]) => (a < b ? -1 : 1))), components };
}

function addComponents(components: Record<string, Record<string, unknown>>, document: ApiDocument): void {
  for (const [section, entries] of Object.entries(document.components ?? {})) components[section] = { ...components[section], ...entries };
}

function withDistinctNames(service: string, document: ApiDocument, taken: Readonly<Record<string, Readonly<Record<string, unknown>>>>): ApiDocument {
  let text = JSON.stringify(document);
  for (const [name, schema] of Object.entries(document.components?.['schemas'] ?? {})) {
    const other = taken['schemas']?.[name];
    if (other === undefined || JSON.stringify(other) === JSON.stringify(schema)) continue;
    text = text.replaceAll(`"#/components/schemas/${name}"`, `"#/components/schemas/${service}.${name}"`);
  }
  const renamed = JSON.parse(text) as ApiDocument;
  const schemas = Object.entries(renamed.components?.['schemas'] ?? {}).map(([name, schema]) => {
    const other = taken['schemas']?.[name];
    const isTaken = other !== undefined && JSON.stringify(other) !== JSON.stringify(document.components?.['schemas']?.[name]);
    return [isTaken ? `${service}.${name}` : name, schema] as const;
  });
  return { ...renamed, components: { ...renamed.components, schemas: Object.fromEntries(schemas) } };
}
