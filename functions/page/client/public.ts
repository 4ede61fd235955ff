/**
 * What runs on the public page: times in the reader's zone, what is new, and that nothing is. Loaded as `/assets/public.….js`.
 * Invariant: it asks for nothing but the page itself, which can be used without it.
 */
import { serviceNowMs } from "./clock.ts";
import { followPage } from "./follow-page.ts";
import { load } from "./refresh.ts";
import { startClocks } from "./times.ts";

startClocks();

const address = document.getElementById("main")?.dataset["reloads"];
const currency = document.getElementById("currency");
if (address !== undefined && currency)
  followPage({
    address,
    currency,
    /** Of when the news are the page says; here counts that somebody still answers for it. */
    async findNews() {
      const { ok, status } = await load(address, { method: "HEAD" });
      if (!ok) throw new Error(`HTTP ${status}`);
      return { at: new Date(serviceNowMs()).toISOString(), isChange: false };
    },
  });
