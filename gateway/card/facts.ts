import type {
  Alert,
  Code,
  Component,
  DeviceClock,
  DeviceIdentity,
  Episode,
  Finding,
  Observation,
} from '@onebox/protocol/messages.js';
import { v1 } from '@onebox/protocol/messages.js';

/** A code as a key: system and code of its first coding. */
export function keyOf(code: Code | null | undefined): string {
  const first = code?.coding?.[0];
  return first ? `${first.system ?? ''}|${first.code ?? ''}` : '';
}

/** For ordering only: the end of an interval, an instant, or the place in the order. */
function timeOf({ value: { time } }: Fact): number {
  return time?.endUnixMs || time?.unixMs || time?.order || 0;
}

export type Kind = 'observation' | 'setting' | 'statistic';

/** A value with what the host knows of it. */
export interface Fact {
  readonly kind: Kind;
  readonly value: Observation;
  readonly receivedAt: number;
  readonly sequence: number;
}

export interface Where {
  readonly component?: v1.Component.Kind;
  /** Key of the location code of the component. */
  readonly location?: string;
}

/**
 * All findings of one session, ready to be asked: the latest value of a code, what is active, who it is.
 * Cheap to add to, so that the card follows every finding.
 */
export class Facts {
  identity: DeviceIdentity | undefined;
  clock: DeviceClock | undefined;
  readonly components = new Map<string, Component>();
  readonly alerts: Alert[] = [];
  readonly episodes: Episode[] = [];
  readonly all: Fact[] = [];
  private readonly byCode = new Map<string, Fact[]>();
  private readonly generations = new WeakMap<object, number>();
  private readonly renewed = new Set<string>();
  private generation = 0;

  /**
   * A further read begins: what was read stays until the new read says something about the same, and
   * `settle` drops what it did not say again.
   */
  renew(): void {
    this.generation += 1;
    this.renewed.clear();
  }

  /** The further read came to its end: what only the earlier one said is gone. */
  settle(): void {
    this.drop(
      (generation) => generation < this.generation,
      () => true,
    );
    this.dropAlerts();
  }

  add(finding: Finding): void {
    if (finding.identity) this.identity = { ...this.identity, ...finding.identity };
    if (finding.clock) this.clock = finding.clock;
    if (finding.component) this.components.set(finding.component.id ?? '', finding.component);
    if (finding.alert) this.addAlert(finding.alert);
    if (finding.episode) this.addEpisode(finding.episode);
    for (const kind of ['observation', 'setting', 'statistic'] as const) {
      const value = finding[kind];
      if (value)
        this.addFact({ kind, value, receivedAt: finding.receivedUnixMs ?? 0, sequence: finding.sequence ?? 0 });
    }
  }

  /** The newest single value of a code by its own time, at this place where one is given; of equal times the one that came last. */
  latest(key: string, where: Where = {}): Fact | undefined {
    return this.every(key, where)
      .filter(({ value }) => !value.samples)
      .reduce<Fact | undefined>((newest, fact) => (newest && timeOf(newest) > timeOf(fact) ? newest : fact), undefined);
  }

  /** All values of a code in the order they came. */
  every(key: string, where: Where = {}): readonly Fact[] {
    const facts = this.byCode.get(key) ?? [];
    if (where.component === undefined && where.location === undefined) return facts;
    return facts.filter(({ value }) => {
      const part = this.components.get(value.componentId ?? '');
      return (
        (where.component === undefined || part?.kind === where.component) &&
        (where.location === undefined || keyOf(part?.location) === where.location)
      );
    });
  }

  /** Alerts that the device holds active, gravest first, then newest. */
  get activeAlerts(): readonly Alert[] {
    return this.alerts
      .filter(({ state }) => state !== v1.Alert.State.STATE_ENDED)
      .toSorted((a, b) => (b.severity ?? 0) - (a.severity ?? 0) || (b.since?.unixMs ?? 0) - (a.since?.unixMs ?? 0));
  }

  alert(key: string): Alert | undefined {
    return this.activeAlerts.find(({ code }) => keyOf(code) === key);
  }

  private drop(old: (generation: number) => boolean, concerns: (fact: Fact) => boolean): void {
    const gone = (fact: Fact) => concerns(fact) && old(this.generations.get(fact) ?? 0);
    for (const list of [this.all, ...this.byCode.values()]) {
      const kept = list.filter((fact) => !gone(fact));
      if (kept.length < list.length) list.splice(0, list.length, ...kept);
    }
  }

  private dropAlerts(): void {
    const kept = this.alerts.filter((alert) => this.generations.get(alert) === this.generation);
    this.alerts.splice(0, this.alerts.length, ...kept);
  }

  /** True the first time in this read. */
  private firstOf(what: string): boolean {
    if (this.generation === 0 || this.renewed.has(what)) return false;
    this.renewed.add(what);
    return true;
  }

  private addAlert(alert: Alert): void {
    if (this.firstOf('alerts')) this.dropAlerts();
    this.generations.set(alert, this.generation);
    const same = this.alerts.findIndex(
      ({ code, componentId, since }) =>
        keyOf(code) === keyOf(alert.code) && componentId === alert.componentId && since?.unixMs === alert.since?.unixMs,
    );
    if (same >= 0) this.alerts[same] = alert;
    else this.alerts.push(alert);
  }

  private addEpisode(episode: Episode): void {
    const same = this.episodes.findIndex(({ id }) => id === episode.id);
    if (same >= 0) this.episodes[same] = episode;
    else this.episodes.push(episode);
  }

  private addFact(fact: Fact): void {
    const what = `${fact.kind}|${keyOf(fact.value.code)}`;
    if (this.firstOf(what)) {
      this.drop(
        (generation) => generation < this.generation,
        (other) => `${other.kind}|${keyOf(other.value.code)}` === what,
      );
    }
    this.generations.set(fact, this.generation);
    this.all.push(fact);
    const key = keyOf(fact.value.code);
    const facts = this.byCode.get(key);
    if (facts) facts.push(fact);
    else this.byCode.set(key, [fact]);
  }
}
