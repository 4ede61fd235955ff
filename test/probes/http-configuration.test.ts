import { describe, expect, it } from "vitest";
import { CHECK_TYPES } from "../../shared/probes/registry.ts";
import { faultyKeys } from "../support/configured-probe.ts";

describe("configuration of check type http", () => {
  const url = "http://192.0.2.1/";

  it.each([
    [{ url: "192.0.2.1/health" }, ["url"]],
    [{ url: "ftp://192.0.2.1/" }, ["url"]],
    [{ url: "http://me:secret@192.0.2.1/" }, ["url"]],
    [{ url: "http://me@192.0.2.1/" }, ["url"]],
    [{ url: "http://:secret@192.0.2.1/" }, ["url"]],
    [{ url: "http://169.254.169.254/latest/meta-data" }, ["url"]],
    [{ url: "http://2852039166/" }, ["url"]], // 169.254.169.254 as one number
    [{ url: "http://[fe80::1]/" }, ["url"]],
    [{}, ["url"]],
    [{ url, method: "TRACE" }, ["method"]],
    [{ url, method: "HEAD", keyword: "ok" }, ["method"]],
    [{ url, method: "HEAD", json: { path: "a", operator: "exists" } }, ["method"]],
    [{ url, headers: { "bad name": "x" } }, ["headers"]],
    [{ url, headers: { "x-name": "line\r\nbreak" } }, ["headers"]],
    [{ url, headers: { Connection: "close" } }, ["headers"]],
    [{ url, headers: { "X-A": "1", "x-a": "2" } }, ["headers"]],
    [{ url, expect_status: [] }, ["expect_status"]],
    [{ url, expect_status: [99] }, ["expect_status"]],
    [{ url, expect_status: ["2XX"] }, ["expect_status"]],
    [{ url, keyword: "" }, ["keyword"]],
    [{ url, json: [] }, ["json"]],
    [{ url, json: { path: "a..b", operator: "exists" } }, ["json"]],
    [{ url, json: { path: "a", operator: "matches", value: "(a+)+$" } }, ["json"]],
    [
      {
        url,
        json: [
          { path: "a", operator: "equals" },
          { path: "b", operator: "less_than", value: "1" },
        ],
      },
      ["json", "json"],
    ],
    [{ url: "nowhere", headers: { te: "x" }, method: "HEAD", keyword: "k" }, ["url", "headers", "method"]],
  ])("refuses %j", (settings, keys) => {
    expect(faultyKeys(CHECK_TYPES.http, settings)).toEqual(keys);
  });

  it("accepts every key in its proper form", () => {
    const settings = {
      url: "https://service.lan:8443/health?deep=1",
      method: "POST",
      headers: { "X-Api-Key": "k" },
      body: "{}",
      expect_status: [200, "3xx"],
      keyword: "ok",
      json: [{ path: "$.a[0]", operator: "contains", value: "x" }],
      follow_redirects: true,
      pooled: true,
    };
    expect(faultyKeys(CHECK_TYPES.http, settings)).toEqual([]);
  });
});
