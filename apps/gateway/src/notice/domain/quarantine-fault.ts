/** Why a notice was not believed. */
export const QuarantineFault = {
  /** Not signed by the house, signed for another door, or kept back too long. */
  BAD_SIGNATURE: 'BAD_SIGNATURE',
  /** Signed by the house, and not a notice. */
  UNPARSABLE_BODY: 'UNPARSABLE_BODY',
  /** Signed by the house, under the id of an earlier notice that says something else. */
  OTHER_CONTENT: 'OTHER_CONTENT',
} as const;
export type QuarantineFault = (typeof QuarantineFault)[keyof typeof QuarantineFault];
