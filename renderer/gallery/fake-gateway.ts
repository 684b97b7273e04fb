import type { CommandName, Commands, GatewayApi, GatewayEvent } from '@onebox/gateway/api.js';
import { OneBoxError } from '@onebox/protocol/errors.js';

export type Answers = { readonly [N in CommandName]?: Commands[N]['out'] | OneBoxError };

/** A gateway that answers from a table, for the gallery and for tests of the screens. Every call is kept. */
export class FakeGateway implements GatewayApi {
  readonly calls: { readonly name: CommandName; readonly input: unknown }[] = [];
  private listeners = new Set<(event: GatewayEvent) => void>();

  constructor(public answers: Answers) {}

  call<N extends CommandName>(
    name: N,
    ...args: Commands[N]['in'] extends undefined ? [] : [Commands[N]['in']]
  ): Promise<Commands[N]['out']> {
    this.calls.push({ name, input: args[0] });
    const answer = (this.answers as Readonly<Record<string, unknown>>)[name];
    if (answer instanceof OneBoxError) return Promise.reject(answer);
    return Promise.resolve(answer as Commands[N]['out']);
  }

  subscribe(listener: (event: GatewayEvent) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  send(event: GatewayEvent): void {
    for (const listener of this.listeners) listener(event);
  }
}
