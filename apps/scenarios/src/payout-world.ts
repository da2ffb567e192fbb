import { Institution, readPayoutFiles, type Profile, type Stack } from '@jinku/cli';
import { Installation, startInstallation } from './installation.ts';

/** An installation with the people, merchants and rail of the payouts' example. */
export class PayoutWorld extends Installation {
  readonly institution: Institution;

  private constructor(stack: Stack, institution: Institution) {
    super(stack);
    this.institution = institution;
  }

  static async start(profile: Profile, settings: Readonly<Record<string, string>> = {}): Promise<PayoutWorld> {
    const stack = await startInstallation(profile, settings);
    try {
      const institution = await Institution.staff(stack);
      await institution.register(readPayoutFiles());
      await institution.arrangeRail(readPayoutFiles());
      return new PayoutWorld(stack, institution);
    } catch (error) {
      await stack.stop();
      throw error;
    }
  }
}
