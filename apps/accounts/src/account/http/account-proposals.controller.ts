import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { Clock } from '@jinku/calendar';
import type { Tx } from '@jinku/persistence';
import { ANY_PERSON, CLOCK, CurrentActor, IdempotencyKey, IdempotentWrites, pageOf, Role, Roles, type Actor, type Page } from '@jinku/service';
import { ListProposals, type ProposalView } from '../queries/list-proposals.ts';
import { DecideProposal, type DecidedProposal, type ProposalDecision } from '../use-cases/decide-proposal.ts';
import { ProposeAccountAct, type ProposedAct } from '../use-cases/propose-account-act.ts';
import { RequestAccountOpening } from '../use-cases/request-account-opening.ts';
import {
  changeRequest,
  decision,
  decisionAnswer,
  openingRequest,
  proposalAnswer,
  proposalPage,
  proposalQuery,
  reasoned,
  registrationRequest,
  uuid,
  type ChangeBody,
  type DecisionBody,
  type OpeningBody,
  type ProposalQuery,
  type ReasonBody,
  type RegistrationBody,
} from './accounts.schemas.ts';

interface ProposalAnswer {
  readonly id: string;
  readonly approvalId: string;
}

@ApiTags('accounts')
@ApiBearerAuth()
@Controller('v1/accounts')
export class AccountProposalsController {
  constructor(
    private readonly writes: IdempotentWrites,
    private readonly requestOpening: RequestAccountOpening,
    private readonly proposeAct: ProposeAccountAct,
    private readonly decide: DecideProposal,
    private readonly proposals: ListProposals,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Get('proposals')
  @Roles(...ANY_PERSON)
  @ApiOperation({ summary: 'What waits for a second person, the oldest first' })
  @ApiResponse({ status: 200, standardSchema: proposalPage })
  async list(@Query({ schema: proposalQuery }) query: ProposalQuery): Promise<Page<ProposalView>> {
    return pageOf(await this.proposals.open(query, this.clock.now()), query.limit);
  }

  @Post()
  @HttpCode(202)
  @Roles(Role.OPERATOR)
  @ApiOperation({ summary: 'Ask for an account; a second person approves it' })
  @ApiResponse({ status: 202, standardSchema: proposalAnswer })
  open(@Body({ schema: openingRequest }) body: OpeningBody, @IdempotencyKey() key: string, @CurrentActor() actor: Actor): Promise<ProposalAnswer> {
    return this.writes.execute({ actor, key, operation: 'accounts.open', content: body }, (tx) => this.requestOpening.execute(tx, body, actor));
  }

  @Post(':id/changes')
  @HttpCode(202)
  @Roles(Role.OPERATOR)
  @ApiOperation({ summary: 'Propose other terms of an account, from today or from a later day on' })
  @ApiResponse({ status: 202, standardSchema: proposalAnswer })
  change(
    @Param('id', { schema: uuid }) id: string,
    @Body({ schema: changeRequest }) { change, effectiveOn, reason }: ChangeBody,
    @IdempotencyKey() key: string,
    @CurrentActor() actor: Actor,
  ): Promise<ProposalAnswer> {
    return this.#proposed({ id, key, actor, reason }, { act: 'CHANGE', change, effectiveOn });
  }

  @Post(':id/freeze')
  @HttpCode(202)
  @Roles(Role.OPERATOR)
  @ApiOperation({ summary: 'Propose to freeze an account' })
  @ApiResponse({ status: 202, standardSchema: proposalAnswer })
  freeze(
    @Param('id', { schema: uuid }) id: string,
    @Body({ schema: reasoned }) { reason }: ReasonBody,
    @IdempotencyKey() key: string,
    @CurrentActor() actor: Actor,
  ): Promise<ProposalAnswer> {
    return this.#proposed({ id, key, actor, reason }, { act: 'FREEZE' });
  }

  @Post(':id/unfreeze')
  @HttpCode(202)
  @Roles(Role.OPERATOR)
  @ApiOperation({ summary: 'Propose to lift a freeze' })
  @ApiResponse({ status: 202, standardSchema: proposalAnswer })
  unfreeze(
    @Param('id', { schema: uuid }) id: string,
    @Body({ schema: reasoned }) { reason }: ReasonBody,
    @IdempotencyKey() key: string,
    @CurrentActor() actor: Actor,
  ): Promise<ProposalAnswer> {
    return this.#proposed({ id, key, actor, reason }, { act: 'UNFREEZE' });
  }

  @Post(':id/close')
  @HttpCode(202)
  @Roles(Role.OPERATOR)
  @ApiOperation({ summary: 'Propose to close an account; approved, it is CLOSING until every check is clear' })
  @ApiResponse({ status: 202, standardSchema: proposalAnswer })
  close(
    @Param('id', { schema: uuid }) id: string,
    @Body({ schema: reasoned }) { reason }: ReasonBody,
    @IdempotencyKey() key: string,
    @CurrentActor() actor: Actor,
  ): Promise<ProposalAnswer> {
    return this.#proposed({ id, key, actor, reason }, { act: 'CLOSE' });
  }

  @Post(':id/registration')
  @HttpCode(202)
  @Roles(Role.OPERATOR)
  @ApiOperation({ summary: 'Propose the next step of an account\'s registration at UnionPay; the confirmation brings its reference' })
  @ApiResponse({ status: 202, standardSchema: proposalAnswer })
  register(
    @Param('id', { schema: uuid }) id: string,
    @Body({ schema: registrationRequest }) { event, fundingAccountRef, reason }: RegistrationBody,
    @IdempotencyKey() key: string,
    @CurrentActor() actor: Actor,
  ): Promise<ProposalAnswer> {
    return this.#proposed({ id, key, actor, reason }, { act: 'REGISTER', step: { event, ...(fundingAccountRef === undefined ? {} : { fundingAccountRef }) } });
  }

  @Post('proposals/:id/approve')
  @HttpCode(200)
  @Roles(Role.APPROVER)
  @ApiOperation({ summary: 'Approve another person\'s proposal; it is carried out at once' })
  @ApiResponse({ status: 200, standardSchema: decisionAnswer })
  approve(
    @Param('id', { schema: uuid }) id: string,
    @Body({ schema: decision }) { note }: DecisionBody,
    @IdempotencyKey() key: string,
    @CurrentActor() person: Actor,
  ): Promise<DecidedProposal> {
    return this.#decided({ id, key, verb: 'approve' }, { person, note }, (tx, given) => this.decide.approve(tx, id, given));
  }

  @Post('proposals/:id/reject')
  @HttpCode(200)
  @Roles(Role.APPROVER)
  @ApiOperation({ summary: 'Reject another person\'s proposal' })
  @ApiResponse({ status: 200, standardSchema: decisionAnswer })
  reject(
    @Param('id', { schema: uuid }) id: string,
    @Body({ schema: decision }) { note }: DecisionBody,
    @IdempotencyKey() key: string,
    @CurrentActor() person: Actor,
  ): Promise<DecidedProposal> {
    return this.#decided({ id, key, verb: 'reject' }, { person, note }, (tx, given) => this.decide.reject(tx, id, given));
  }

  @Post('proposals/:id/withdraw')
  @HttpCode(200)
  @Roles(Role.OPERATOR)
  @ApiOperation({ summary: 'Take one\'s own proposal back' })
  @ApiResponse({ status: 200, standardSchema: decisionAnswer })
  withdraw(
    @Param('id', { schema: uuid }) id: string,
    @Body({ schema: decision }) { note }: DecisionBody,
    @IdempotencyKey() key: string,
    @CurrentActor() person: Actor,
  ): Promise<DecidedProposal> {
    return this.#decided({ id, key, verb: 'withdraw' }, { person, note }, (tx, given) => this.decide.withdraw(tx, id, given));
  }

  #proposed({ id, key, actor, reason }: { id: string; key: string; actor: Actor; reason: string }, proposed: ProposedAct): Promise<ProposalAnswer> {
    const operation = `accounts.propose-${proposed.act.toLowerCase()}:${id}`;
    return this.writes.execute({ actor, key, operation, content: { ...proposed, reason } }, (tx) => this.proposeAct.execute(tx, id, proposed, { maker: actor, reason }));
  }

  #decided(
    { id, key, verb }: { id: string; key: string; verb: string },
    given: ProposalDecision,
    work: (tx: Tx, given: ProposalDecision) => Promise<DecidedProposal>,
  ): Promise<DecidedProposal> {
    return this.writes.execute({ actor: given.person, key, operation: `accounts.${verb}:${id}`, content: given.note }, (tx) => work(tx, given));
  }
}
