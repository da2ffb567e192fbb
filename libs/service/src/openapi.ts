import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import type { ServiceDefinition } from './service-definition.ts';

/** The service's OpenAPI 3.1 document, made from its routes and their schemas. */
export function openApiOf(app: INestApplication, definition: Pick<ServiceDefinition, 'name' | 'sentence'>): OpenAPIObject {
  const head = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle(`Jinku ${definition.name}`)
    .setDescription(definition.sentence)
    .setVersion('1')
    .addBearerAuth({ type: 'http', scheme: 'bearer' })
    .build();
  return SwaggerModule.createDocument(app, head);
}
