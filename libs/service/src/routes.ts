import 'reflect-metadata';
import type { INestApplicationContext } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import type { MessageBatchHandlerOptions } from '@jinku/messaging';
import type { Role } from '@jinku/security';
import { PUBLIC_METADATA, ROLES_METADATA } from './actor.ts';
import { readIdempotencyKey } from './idempotency.ts';

/** Where Nest's decorators leave what they were told. */
const ROUTE_ARGUMENTS = '__routeArguments__';
const PATTERN_EXTRAS = 'microservices:pattern_extras';

type Method = (...parameters: never[]) => unknown;
type Controller = { readonly name: string; readonly prototype: Readonly<Record<string, unknown>> };

/** What a route says of itself beside its schemas. */
export interface Route {
  readonly isPublic: boolean;
  readonly roles: readonly Role[];
  readonly asksForKey: boolean;
}

/** Every method of every controller, by the operation id that it has in the OpenAPI document. */
export function routesOf(app: INestApplicationContext): ReadonlyMap<string, Route> {
  return new Map(methodsOf(app).map(({ id, controller, method }) => [id, routeOf(controller, method)]));
}

/** What the service consumes: the consumers of its controllers, as their decorators declare them. */
export function consumersOf(app: INestApplicationContext): MessageBatchHandlerOptions[] {
  return methodsOf(app).flatMap(({ method }) => {
    const extras = Reflect.getMetadata(PATTERN_EXTRAS, method) as { readonly jinku?: MessageBatchHandlerOptions } | undefined;
    return extras?.jinku === undefined ? [] : [extras.jinku];
  });
}

function methodsOf(app: INestApplicationContext): { id: string; controller: Controller; method: Method }[] {
  const controllers = [...app.get(ModulesContainer, { strict: false }).values()].flatMap((module) =>
    [...module.controllers.values()].map(({ metatype }) => metatype as unknown as Controller),
  );
  return controllers.flatMap((controller) =>
    Object.entries(Object.getOwnPropertyDescriptors(controller.prototype)).flatMap(([name, { value }]) =>
      name !== 'constructor' && typeof value === 'function' ? [{ id: `${controller.name}_${name}`, controller, method: value as Method }] : [],
    ),
  );
}

function routeOf(controller: Controller, method: Method): Route {
  const parameters = (Reflect.getMetadata(ROUTE_ARGUMENTS, controller, method.name) ?? {}) as Readonly<Record<string, { readonly factory?: unknown }>>;
  return {
    isPublic: [method, controller].some((target) => Reflect.getMetadata(PUBLIC_METADATA, target) === true),
    roles: ((Reflect.getMetadata(ROLES_METADATA, method) ?? Reflect.getMetadata(ROLES_METADATA, controller) ?? []) as readonly Role[]).toSorted(),
    asksForKey: Object.values(parameters).some(({ factory }) => factory === readIdempotencyKey),
  };
}
