import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { problemAnswersOf, PROBLEM_ANSWERS, PROBLEM_SCHEMA } from './openapi-problems.ts';
import { routesOf, type Route } from './routes.ts';
import { IDEMPOTENCY_KEY_PATTERN } from './idempotency.ts';
import type { ServiceDefinition } from './service-definition.ts';

type PathItem = OpenAPIObject['paths'][string];
type Operation = NonNullable<PathItem['get']>;

const VERBS = ['get', 'post', 'put', 'patch', 'delete'] as const;
const BEARER = 'bearer';

export const IDEMPOTENCY_KEY_HEADER = {
  name: 'idempotency-key',
  in: 'header',
  required: true,
  description: 'The same key with the same content gets the first answer again; with other content it is refused.',
  schema: { type: 'string', pattern: IDEMPOTENCY_KEY_PATTERN.source },
} as const;

/** Headers that the security scheme tells of, or that are told here in one way for all routes. */
const SAID_ELSEWHERE: ReadonlySet<string> = new Set(['authorization', IDEMPOTENCY_KEY_HEADER.name]);

/** The service's OpenAPI 3.1 document, made from its routes, their schemas and who may call them; the refusals that any route can answer with are added here. */
export function openApiOf(app: INestApplication, definition: Pick<ServiceDefinition, 'name' | 'sentence'>): OpenAPIObject {
  const head = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle(`Jinku ${definition.name}`)
    .setDescription(definition.sentence)
    .setVersion('1')
    .addBearerAuth({ type: 'http', scheme: 'bearer' }, BEARER)
    .build();
  const document = SwaggerModule.createDocument(app, head);
  const routes = routesOf(app);
  const paths = Object.entries(document.paths)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([path, item]) => [path, completed(item, routes)] as const);
  return {
    ...document,
    paths: Object.fromEntries(paths),
    components: { ...document.components, schemas: { ...document.components?.schemas, Problem: PROBLEM_SCHEMA }, responses: PROBLEM_ANSWERS },
  };
}

function completed(item: PathItem, routes: ReadonlyMap<string, Route>): PathItem {
  const operations = VERBS.flatMap((verb) => {
    const operation = item[verb];
    const route = routes.get(operation?.operationId ?? '');
    return operation === undefined || route === undefined ? [] : [[verb, completedOperation(operation, { verb, route })] as const];
  });
  return { ...item, ...Object.fromEntries(operations) };
}

function completedOperation(operation: Operation, { verb, route }: { verb: (typeof VERBS)[number]; route: Route }): Operation {
  const declared = (operation.parameters ?? []).filter((parameter) => !('name' in parameter && SAID_ELSEWHERE.has(parameter.name.toLowerCase())));
  const parameters = [...declared, ...(route.asksForKey ? [IDEMPOTENCY_KEY_HEADER] : [])];
  const problems = problemAnswersOf({
    isPublic: route.isPublic,
    isWrite: verb !== 'get',
    hasInput: parameters.length > 0 || operation.requestBody !== undefined,
    hasBody: operation.requestBody !== undefined,
    namesOne: parameters.some((parameter) => 'in' in parameter && parameter.in === 'path'),
  });
  return {
    ...operation,
    parameters,
    ...(route.isPublic ? {} : { 'x-roles': route.roles }),
    responses: { ...describedResponses(operation.responses), ...problems },
  };
}

/** OpenAPI wants a description for each answer, and the schema says it all where the route has none. */
function describedResponses(responses: Operation['responses']): Operation['responses'] {
  const described = Object.entries(responses).map(([status, response]) => [
    status,
    response !== undefined && 'description' in response && response.description === '' ? { ...response, description: status === '204' ? 'Done.' : 'As asked.' } : response,
  ]);
  return Object.fromEntries(described) as Operation['responses'];
}
