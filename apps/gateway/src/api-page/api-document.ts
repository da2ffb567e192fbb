import { Inject, Injectable } from '@nestjs/common';
import type { OpenAPIObject } from '@nestjs/swagger';
import type { Clock } from '@jinku/calendar';
import { CLOCK, EVENT_LOG, IDEMPOTENCY_KEY_HEADER, problemReference, type EventLog } from '@jinku/service';
import type { Upstream } from '../config.ts';
import { ownerOf } from '../proxy/routing-table.ts';
import { Upstreams } from '../proxy/upstreams.ts';
import { DOOR_PATHS, MESSAGE_DOOR_POST } from './door-paths.ts';
import { mergeDocuments, type ApiDocument } from './merge-documents.ts';

const REMEMBERED_MS = 600_000;
/** A document that lacks a service which did not answer is asked for again sooner. */
const INCOMPLETE_REMEMBERED_MS = 2_000;
const MESSAGES_PATH = '/v1/messages/{topic}';

/** The one document of everything that can be asked for here. */
@Injectable()
export class ApiDocumentation {
  #remembered: { readonly document: ApiDocument; readonly until: number } | null = null;

  constructor(
    private readonly upstreams: Upstreams,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(EVENT_LOG) private readonly log: EventLog,
  ) {}

  async of(own: () => OpenAPIObject): Promise<ApiDocument> {
    if (this.#remembered !== null && this.#remembered.until > this.clock.wallNow()) return this.#remembered.document;
    const others = await this.#documentsOfServices();
    const document = publicDocument(own(), others);
    const isComplete = others.size === this.upstreams.names.length;
    this.#remembered = { document, until: this.clock.wallNow() + (isComplete ? REMEMBERED_MS : INCOMPLETE_REMEMBERED_MS) };
    return document;
  }

  async #documentsOfServices(): Promise<ReadonlyMap<Upstream, ApiDocument>> {
    const documents = await Promise.allSettled(this.upstreams.names.map(async (name) => [name, (await this.upstreams.openApi(name)) as ApiDocument] as const));
    for (const document of documents) {
      if (document.status === 'rejected') this.log.warn('document-incomplete', { error: document.reason as unknown });
    }
    return new Map(documents.flatMap((document) => (document.status === 'fulfilled' ? [document.value] : [])));
  }
}

/** The gateway's own routes and doors, and what it passes on to each service. */
export function publicDocument(own: OpenAPIObject, others: ReadonlyMap<string, ApiDocument>): ApiDocument {
  const passedOn = new Map([...others].map(([service, document]) => [service, withKeys(document)]));
  return mergeDocuments(withDoors(own as unknown as ApiDocument), passedOn, (service, path) => ownerOf(path) === service);
}

interface Operation {
  readonly parameters?: readonly { readonly name: string }[];
  readonly responses?: Readonly<Record<string, unknown>>;
}

/** Whatever its owner does with it, no write is passed on without an idempotency key. */
function withKeys(document: ApiDocument): ApiDocument {
  const paths = Object.entries(document.paths).map(([path, item]) => {
    const operations = Object.entries(item as Readonly<Record<string, Operation>>).map(([verb, operation]) => [verb, verb === 'get' ? operation : withKey(operation)]);
    return [path, Object.fromEntries(operations) as unknown];
  });
  return { ...document, paths: Object.fromEntries(paths) as ApiDocument['paths'] };
}

function withKey(operation: Operation): Operation {
  const others = (operation.parameters ?? []).filter(({ name }) => name !== IDEMPOTENCY_KEY_HEADER.name);
  return { ...operation, parameters: [...others, IDEMPOTENCY_KEY_HEADER], responses: { 400: problemReference(400), ...operation.responses } };
}

function withDoors(own: ApiDocument): ApiDocument {
  const messages = own.paths[MESSAGES_PATH] as Record<string, unknown> | undefined;
  return {
    ...own,
    info: { title: 'Jinku', version: '1', description: 'The treasury of a payment institution: payouts, quota, accounts and books.' },
    paths: { ...own.paths, ...DOOR_PATHS, [MESSAGES_PATH]: { ...messages, post: MESSAGE_DOOR_POST } },
  };
}
