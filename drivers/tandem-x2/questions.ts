import type { Device, RequestParameters } from '@onebox/driver-sdk/device.js';
import { fault } from '@onebox/driver-sdk/findings.js';
import type { PhaseName } from '@onebox/driver-sdk/manifest.js';
import type { Code, Finding } from '@onebox/protocol/messages.js';
import type { AnswerName, AnswerOf } from './messages.js';
import { isPartial, type Pump } from './pump.js';

/** Questions to the pump whose answers are findings. */
export class Questions {
  constructor(
    readonly device: Device,
    readonly pump: Pump,
  ) {}

  /** One request; a refusal or a missing answer is a fault, and what comes after is read all the same. */
  async *part<Name extends AnswerName>(
    name: PhaseName,
    request: Name,
    tell: (answer: AnswerOf<Name>, at: number) => readonly Finding[],
    { asked, missing }: { readonly asked?: RequestParameters; readonly missing?: Code } = {},
  ): AsyncGenerator<Finding, AnswerOf<Name> | undefined, void> {
    let answer: AnswerOf<Name>;
    try {
      answer = await this.pump.ask(request, asked);
    } catch (error) {
      if (!isPartial(error) || this.pump.silent) throw error;
      yield fault(error, name, { detail: error.detail || request, ...(missing ? { code: missing } : {}) });
      return undefined;
    }
    yield* tell(answer, this.device.now());
    return answer;
  }
}
