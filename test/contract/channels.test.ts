/**
 * The channel contract on every channel type of the registry that sends anything, on Node.
 */
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { localDelivery } from "../support/local-channel.ts";
import { TEST_CA, TRUSTED, UNTRUSTED } from "../support/mail-trust.ts";
import { HTTP_CHANNELS, type HttpChannelName } from "./channels-under-test.ts";
import { emailContract } from "./email-contract.ts";
import { httpChannelContract } from "./http-channel-contract.ts";

for (const type of Object.keys(HTTP_CHANNELS) as HttpChannelName[]) {
  httpChannelContract(type, localDelivery, { label: type });
}

setDefaultCACertificates([...getCACertificates("default"), TEST_CA]);
emailContract("email", localDelivery, { trusted: TRUSTED, untrusted: UNTRUSTED, tellsTls: true });
