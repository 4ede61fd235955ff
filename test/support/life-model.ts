/**
 * What the life of one service's alert should be, written down a second time and in another way: lists and counts, no bits.
 * Used by the model-based test of alerting. Thresholds of flapping are Nagios'; time plays no part here.
 * Invariant: shares no code with `shared/domain/alerting/alert-life.ts` and `flapping.ts`.
 */
export type Finding = "ok" | "down" | "slow" | "starting";
export type ModelSeverity = "critical" | "warning";

export interface ModelRules {
  readonly failures: number;
  readonly successes: number;
  readonly flapping: boolean;
}

export interface ModelAlert {
  readonly state: "pending" | "firing" | "acknowledged";
  readonly severity: ModelSeverity;
  readonly isFlapping: boolean;
}

export class LifeModel {
  alert: ModelAlert | null = null;
  #bad = 0;
  #good = 0;
  #worse = 0;
  /** Of the last twenty checks, newest first: was it another outcome than before, did the alert fire. */
  #changes: boolean[] = [];
  #firings: boolean[] = [];

  /** @param isLooping it starts again and again: `starting` is a failure */
  find(finding: Finding, severity: ModelSeverity, rules: ModelRules & { readonly isLooping: boolean }): void {
    if (finding === "starting" && !rules.isLooping) {
      this.pause();
      return;
    }
    const isGood = finding === "ok";
    this.#changes = [isGood ? this.#bad > 0 : this.#bad === 0, ...this.#changes].slice(0, 20);
    this.#firings = [false, ...this.#firings].slice(0, 20);
    this.#bad = isGood ? 0 : this.#bad + 1;
    this.#good = isGood ? this.#good + 1 : 0;
    if (isGood) this.#recover(rules);
    else this.#worsen(finding === "slow" ? "warning" : severity, rules);
  }

  /** Maintenance, or time to start, forgets what was only suspected. */
  pause(): void {
    if (this.alert?.state !== "pending") return;
    this.alert = null;
    this.#bad = 0;
  }

  acknowledge(): void {
    if (this.alert && this.alert.state !== "pending") this.alert = { ...this.alert, state: "acknowledged" };
  }

  lapse(): void {
    if (this.alert?.state === "acknowledged") this.alert = { ...this.alert, state: "firing" };
  }

  #recover({ successes, flapping }: ModelRules): void {
    this.#worse = 0;
    const isQuiet = flapping && this.alert?.isFlapping && this.#stillFlaps();
    if (this.alert?.state === "pending" || (this.#good >= successes && !isQuiet)) this.alert = null;
  }

  #worsen(found: ModelSeverity, { failures, flapping }: ModelRules): void {
    const before = this.alert ?? { state: "pending", severity: found, isFlapping: false };
    const isPending = before.state === "pending";
    const isWorse = this.#countWorse(found, before.severity) >= failures;
    if (isWorse) this.#worse = 0;
    const isEnough = this.#bad >= failures;
    const isFlapping = this.#flapsAt(before, isPending && isEnough, { isEnough, flapping });
    if (isPending && isEnough) this.#firings[0] = true;
    const isMilder = isPending && found === "warning";
    const isNew = isPending ? isEnough || isFlapping : isWorse;
    const severity = isWorse ? "critical" : isMilder ? "warning" : before.severity;
    this.alert = { state: isNew ? "firing" : before.state, severity, isFlapping };
  }

  #countWorse(found: ModelSeverity, severity: ModelSeverity): number {
    this.#worse = found === "critical" && severity === "warning" ? this.#worse + 1 : 0;
    return this.#worse;
  }

  #flapsAt(
    before: ModelAlert,
    fires: boolean,
    { isEnough, flapping }: { isEnough: boolean; flapping: boolean },
  ): boolean {
    if (before.isFlapping) return (flapping && this.#stillFlaps()) || !isEnough;
    return flapping && (this.#percent() >= 30 || (fires && this.#firings.filter(Boolean).length >= 2));
  }

  #stillFlaps(): boolean {
    return this.#percent() >= 15 || this.#firings.filter(Boolean).length >= 2;
  }

  /** A change counts 1.2 when it is the newest, 0.8 when it is the oldest. */
  #percent(): number {
    const weights = this.#changes.map((isChange, age) => (isChange ? 1.2 - (0.4 * age) / 19 : 0));
    return (weights.reduce((sum, weight) => sum + weight, 0) / 20) * 100;
  }
}
