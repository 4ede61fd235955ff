/**
 * `alerting`: who is told when something is wrong, and what tells whether the network is there. Knows no channel type by name.
 * Invariants: whatever is accepted can be told to somebody: a policy that names a missing channel is a fault; where nobody wrote a
 * policy, every channel has its place in one.
 */
import * as z from "zod/mini";
import type { Severity } from "../../domain/alerting/alert.ts";
import type { Policy, PolicyStep } from "../../domain/alerting/escalation.ts";
import { recipientName } from "../../domain/alerting/recipient.ts";
import type { RuntimeAbilities } from "../../domain/runtime-abilities.ts";
import type { ReportFault } from "../../domain/report-fault.ts";
import { fnv1a } from "../../domain/text/fnv1a.ts";
import type { ChannelType } from "../../notify/channel-type.ts";
import type { Channel, ChannelTier } from "../../ports/notifier.ts";
import { drillSchema } from "../drill-schedule.ts";
import { DAY_MS, durationSchema } from "../../probes/duration.ts";
import { isPlainMap, listKeys } from "../parse-value.ts";
import { about, configure, faultAt, idSchema, knownName } from "../schemas.ts";
import { defineSection, type SectionContext } from "../section.ts";

const MOST_STEPS = 20;
const MOST_CHANNELS = 50;

export const alerting = defineSection({
  isSecret: ([group, , key], { channelTypes }) =>
    group === "channels" && Object.values(channelTypes).some(({ secretKeys }) => secretKeys.includes(String(key))),
  schema(context) {
    const written = isPlainMap(context.file["alerting"]) ? context.file["alerting"] : {};
    const policy = z.optional(policySchema(listKeys(written["channels"])));
    const policiesSchema = z.strictObject({
      critical: about(
        "Default: chat channels at once (else mail, else SMS), mail after 5 min, SMS after 15 min.",
        policy,
      ),
      warning: about("Default: chat and mail channels after 15 min (else SMS).", policy),
      info: about("Default: nobody.", policy),
    } satisfies Record<Severity, unknown>);
    const schema = z.strictObject({
      channels: about("Who can be told, by name.", z._default(channelsSchema(context), {})),
      policies: about("Who is told when, by severity.", z.prefault(policiesSchema, {})),
      drill: about(
        "When a marked message goes to every channel: weekly (mon, 10:00 UTC) or a map. Default: on request only.",
        z.optional(drillSchema),
      ),
      connectivity_targets: about(
        "Services, such as the gateway, that tell whether the network is there: when all fail, and all other machines, the monitor is cut off.",
        z._default(z.array(knownName("service", listKeys(context.file["services"]))), []),
      ),
      certificate_days: about(
        "How many days before its end a certificate is a warning and, later, critical.",
        z._default(certificateDaysSchema, [14, 3]),
      ),
    });
    return z.pipe(
      about("Who is told when something is wrong.", z.prefault(schema, {})),
      z.transform(({ channels: byName, policies: own, drill, ...keys }) => {
        const channels = Object.entries(byName).map(([name, make]): Channel => make(name));
        const { critical, warning, info } = own;
        const [warningDays = 0, criticalDays = 0] = keys.certificate_days;
        return {
          channels,
          policies: {
            critical: critical ?? makeDefaultPolicy("critical", channels),
            warning: warning ?? makeDefaultPolicy("warning", channels),
            info: info ?? makeDefaultPolicy("info", channels),
          },
          connectivityTargets: keys.connectivity_targets,
          certificateTimes: { warningMs: warningDays * DAY_MS, criticalMs: criticalDays * DAY_MS },
          drill: drill ?? null,
        };
      }),
    );
  },
});

const daysSchema = z.int().check(z.gte(0), z.lte(365));

const certificateDaysSchema = z.array(daysSchema).check(
  z.minLength(2),
  z.maxLength(2),
  z.refine(([warning = 0, critical = 0]) => critical <= warning, {
    error: "the days of the warning first, then fewer",
  }),
);

function channelsSchema({ channelTypes, abilities }: SectionContext) {
  const variants = Object.entries(channelTypes).map(([name, type]) => channelSchema(name, type, abilities));
  const channel = z.discriminatedUnion("type", variants as [Variant, ...Variant[]]); // of none, every channel is refused
  return z
    .record(idSchema, channel)
    .check(
      z.refine((byName) => Object.keys(byName).length <= MOST_CHANNELS, { error: `at most ${MOST_CHANNELS} channels` }),
    );
}

type Variant = ReturnType<typeof channelSchema>;

function channelSchema(name: string, type: ChannelType, abilities: RuntimeAbilities) {
  const schema = z.strictObject({ type: about("What kind of channel it is.", z.literal(name)), ...type.keys });
  const { tier, shortestGapMs } = type;
  return z.pipe(
    schema,
    z.transform((settings, { issues }): ((channelName: string) => Channel) => {
      const make = (report: ReportFault) => type.configure(settings, report, abilities);
      const configured = configure(issues, make, `keys that the channel type ${name} can use`);
      const { deliver, dailyCap = null, recipients = [], timeoutMs } = configured;
      // Of 32 bits, so that what is stored of it confirms no guess at a secret.
      const fingerprint = fnv1a(JSON.stringify(settings)).toString(36);
      const common = { type: name, fingerprint, tier, shortestGapMs, dailyCap, ...(timeoutMs && { timeoutMs }) };
      return (channelName) => ({
        ...common,
        name: channelName,
        deliver,
        recipients: recipients.map((each) => {
          return { ...common, name: recipientName(channelName, each.key), deliver: each.deliver };
        }),
      });
    }),
  );
}

function policySchema(channelNames: readonly string[]) {
  const after = z.prefault(durationSchema({ minMs: 0, maxMs: 7 * DAY_MS }), 0);
  const channels = z.array(knownName("channel", channelNames)).check(z.minLength(1));
  const step = z.pipe(
    z.strictObject({
      after: about("How long after the alert has fired.", after),
      channels: about("Names of channels.", channels),
    }),
    z.transform(({ after: afterMs, channels: names }): PolicyStep => ({ afterMs, channels: [...new Set(names)] })),
  );
  const steps = z.array(step).check(z.maxLength(MOST_STEPS), ({ value, issues }) => {
    value.forEach(({ afterMs }, index) => {
      const isEarlier = afterMs < (value[index - 1]?.afterMs ?? 0);
      if (isEarlier) issues.push(faultAt([index, "after"], "not less than in the step before"));
    });
  });
  return z.strictObject({ steps: about("Who is told, one step after the other.", steps) });
}

/** The seed's numbers, for the channels that there are. */
const DEFAULT_STEPS: Readonly<Record<Severity, readonly { afterMs: number; tiers: readonly ChannelTier[] }[]>> = {
  critical: [
    { afterMs: 0, tiers: ["chat"] },
    { afterMs: 300_000, tiers: ["chat", "mail"] },
    { afterMs: 900_000, tiers: ["chat", "mail", "phone"] },
  ],
  warning: [{ afterMs: 900_000, tiers: ["mail", "chat"] }],
  info: [],
};

/** Somebody must hear of it at the first step: where nobody has such a channel, the best one that there is. */
const BEST_FIRST: readonly ChannelTier[] = ["chat", "mail", "phone"];

function makeDefaultPolicy(severity: Severity, channels: readonly Channel[]): Policy {
  const namesOf = (tiers: readonly ChannelTier[]): string[] =>
    channels.filter(({ tier }) => tiers.includes(tier)).map(({ name }) => name);
  const best = BEST_FIRST.find((tier) => namesOf([tier]).length > 0);
  const steps = DEFAULT_STEPS[severity].map(({ afterMs, tiers }, index) => {
    const names = namesOf(tiers);
    return { afterMs, channels: index === 0 && names.length === 0 && best ? namesOf([best]) : names };
  });
  return { steps: steps.filter((step) => step.channels.length > 0) };
}
