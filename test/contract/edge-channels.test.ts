/**
 * The channel contract on the channel types inside workerd, as the Workers host runs them.
 */
import { afterAll, beforeAll } from "vitest";
import { TEST_CA, TRUSTED, UNTRUSTED } from "../support/mail-trust.ts";
import { remoteDelivery, startChannelWorker } from "../support/workerd/remote-channel.ts";
import type { Workerd } from "../support/workerd/workerd.ts";
import { HTTP_CHANNELS, type HttpChannelName } from "./channels-under-test.ts";
import { emailContract } from "./email-contract.ts";
import { httpChannelContract } from "./http-channel-contract.ts";

let workerd: Workerd;
beforeAll(async () => {
  workerd = await startChannelWorker(TEST_CA);
});
afterAll(() => workerd.close());

for (const type of Object.keys(HTTP_CHANNELS) as HttpChannelName[]) {
  httpChannelContract(type, (order) => remoteDelivery(workerd, order), {
    label: `${type} inside workerd`,
    abilities: { endsHints: false, ownsConnections: false },
  });
}

emailContract("email inside workerd", (order) => remoteDelivery(workerd, order), {
  trusted: TRUSTED,
  untrusted: UNTRUSTED,
  tellsTls: false,
});
