import { Inject, Injectable } from '@nestjs/common';
import type { OpenAPIObject } from '@nestjs/swagger';
import type { Clock } from '@jinku/calendar';
import { CLOCK, EVENT_LOG, type EventLog } from '@jinku/service';
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
  return mergeDocuments(withDoors(own as unknown as ApiDocument), others, (service, path) => ownerOf(path) === service);
}

function withDoors(own: ApiDocument): ApiDocument {
  const messages = own.paths[MESSAGES_PATH] as Record<string, unknown> | undefined;
  return {
    ...own,
    info: { title: 'Jinku', version: '1', description: 'The treasury of a payment institution: payouts, quota, accounts and books.' },
    paths: { ...own.paths, ...DOOR_PATHS, [MESSAGES_PATH]: { ...messages, post: MESSAGE_DOOR_POST } },
  };
}
