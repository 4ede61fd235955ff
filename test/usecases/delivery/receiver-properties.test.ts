/**
 * What holds whoever is configured: random lives in which people are added, taken out and put back, corrected and moved, channels are
 * renamed and renamed back, and receivers are away for a while. fast-check prints the seed and shrinks what breaks.
 */
import fc from "fast-check";
import { expect, it } from "vitest";
import { SECOND } from "../../support/alerting-bench.ts";
import { ACCEPTED, deferred } from "../../support/outbox-bench.ts";
import { ReceiversBench, type Channels, type Heard } from "../../support/receivers-bench.ts";
import { sqliteTestDatabase } from "../../support/sqlite-database.ts";

const RUNS = 30;
const MINUTE = 60 * SECOND;
const PEOPLE = ["ann", "bob", "cem", "onn"];
const ROOMS = ["room", "hall"];
const SERVICES = ["a", "b", "c"];
const ALL = [...SERVICES, "d", "e"];

type Step =
  | { readonly kind: "fail"; readonly service: string }
  | { readonly kind: "recover"; readonly service: string }
  | { readonly kind: "pass"; readonly ms: number }
  | { readonly kind: "answer"; readonly who: string; readonly isAway: boolean };
interface Reload {
  readonly kind: "reload";
  readonly channels: Channels;
  readonly meanwhile: readonly Step[];
}
type Move = Step | Reload;

const aStep: fc.Arbitrary<Step> = fc.oneof(
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("fail" as const), service: fc.constantFrom(...SERVICES) }) },
  fc.record({ kind: fc.constant("recover" as const), service: fc.constantFrom(...SERVICES) }),
  fc.record({
    kind: fc.constant("pass" as const),
    ms: fc.constantFrom(1, SECOND, 5 * SECOND, 30 * SECOND, 5 * MINUTE, 242 * MINUTE),
  }),
  fc.record({ kind: fc.constant("answer" as const), who: fc.constantFrom(...PEOPLE, ...ROOMS), isAway: fc.boolean() }),
);
const somethingNew = fc.record({ kind: fc.constant("fail" as const), service: fc.constantFrom("d", "e") });
/** Where each of them is told, if anywhere. */
const someChannels: fc.Arbitrary<Channels> = fc
  .tuple(
    ...PEOPLE.map(() => fc.constantFrom("mail", "mail", "post", null)),
    fc.constantFrom<readonly (string | null)[]>(
      ["slack", "chat"],
      ["chat", "slack"],
      ["slack", null],
      [null, "slack"],
      ["chat", null],
      [null, null],
    ),
  )
  .map((places) => {
    const people = places.slice(0, PEOPLE.length);
    const rooms = places.at(-1) as readonly (string | null)[]; // the last of the tuple
    const to = (name: string): string[] => PEOPLE.filter((_who, index) => people[index] === name);
    const lists = ["mail", "post"].flatMap((name) => (to(name).length > 0 ? [[name, to(name)] as const] : []));
    const single = ROOMS.flatMap((room, index) => (rooms[index] ? [[rooms[index], room] as const] : []));
    return Object.fromEntries<readonly string[] | string>([...lists, ...single]);
  })
  .filter((channels) => Object.keys(channels).length > 0);
const aReload = fc.record({
  kind: fc.constant("reload" as const),
  channels: someChannels,
  meanwhile: fc.oneof(
    { weight: 2, arbitrary: fc.constant([]) },
    { weight: 1, arbitrary: fc.array(somethingNew, { maxLength: 3 }) },
  ),
});
const aLife = fc.array(fc.oneof<fc.Arbitrary<Move>[]>(aStep, aReload), { minLength: 3, maxLength: 16, size: "max" });

async function take(bench: ReceiversBench, move: Move): Promise<void> {
  if (move.kind === "fail") await bench.fail(move.service);
  else if (move.kind === "recover") await bench.recover(move.service);
  else if (move.kind === "pass") await bench.pass(move.ms);
  else if (move.kind === "answer") bench.answers.set(move.who, move.isAway ? deferred() : ACCEPTED);
  else {
    await bench.reload(move.channels, async () => {
      for (const each of move.meanwhile) await take(bench, each);
    });
  }
  // No two alerts of one service begin at one instant.
  await bench.pass(1);
}

const isEnd = ({ notification }: Heard): boolean => notification.type === "alert.resolved";
const tellsOf = ({ notification }: Heard, alertId: string): boolean =>
  notification.alerts.some(({ id }) => id === alertId);
const placeOf = (heard: readonly Heard[], who: string, alertId: string): Heard[] =>
  heard.filter((each) => each.who === who && tellsOf(each, alertId));

function expectNothingTwice(heard: readonly Heard[]): void {
  for (const [index, { who, notification }] of heard.entries()) {
    if (notification.insteadOf) continue;
    for (const { id } of notification.alerts) {
      const before = placeOf(heard.slice(0, index), who, id).filter((each) => !each.notification.insteadOf);
      const same = before.find((each) => {
        const { atMs, type } = each.notification;
        return type === notification.type && (atMs === notification.atMs || isEnd(each));
      });
      expect(same, `${who} is told the same of ${id} twice`).toBeUndefined();
      const isOver = notification.type === "alert.resolved";
      const isNew = notification.catchesUpOn?.includes(id) ?? false;
      expect(
        isNew && !isOver && before.some((each) => !isEnd(each)),
        `${who} is told of ${id} as somebody new, and is not`,
      ).toBe(false);
      const wasNew = before.some((each) => each.notification.catchesUpOn?.includes(id));
      const isFirst = notification.type === "alert.firing" && notification.alerts.length === 1;
      expect(wasNew && isFirst, `${who} is told of ${id} as somebody new and as everybody else`).toBe(false);
    }
  }
}

function receiversOf(channels: Channels): string[] {
  return Object.values(channels).flat();
}

it("whoever is configured hears of what is open and of its end; nobody hears the same twice", async () => {
  await fc.assert(
    fc.asyncProperty(someChannels, aLife, async (channels, moves) => {
      const database = sqliteTestDatabase();
      try {
        const bench = new ReceiversBench(database, channels);
        for (const each of moves) await take(bench, each);
        bench.answers.clear();
        await bench.reload(bench.channels);
        await bench.pass(11 * MINUTE);
        const open = ALL.flatMap((id) =>
          bench.alerting.stateOf(id) === "firing" ? [bench.alerting.alert(id).id] : [],
        );
        for (const who of receiversOf(bench.channels))
          for (const id of open)
            expect(placeOf(bench.heard, who, id).length, `${who} has not heard of ${id}`).toBeGreaterThan(0);
        await bench.recover(...ALL);
        await bench.pass(11 * MINUTE);
        for (const who of receiversOf(bench.channels))
          for (const id of open) {
            const ends = placeOf(bench.heard, who, id).filter(isEnd);
            expect(ends.length, `${who} has not heard of the end of ${id}`).toBe(1);
          }
        expectNothingTwice(bench.heard);
      } finally {
        database.close();
      }
    }),
    { numRuns: RUNS },
  );
});
