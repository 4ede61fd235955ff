/** XML as expat reads it, which refuses whatever is not well-formed. Needs a Python. */
import { execFileSync } from "node:child_process";
import { findPythonWith } from "./installed.ts";

export const PYTHON = findPythonWith("xml.etree.ElementTree");

/** An element by its name without namespace. */
export interface XmlElement {
  readonly name: string;
  readonly text: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly XmlElement[];
}

const READ = `
import json, sys, xml.etree.ElementTree as tree
def read(element):
    return {"name": element.tag.split("}")[-1], "text": element.text or "", "attributes": element.attrib, "children": [read(each) for each in element]}
print(json.dumps([read(tree.fromstring(document.encode())) for document in json.load(sys.stdin)]))
`;

/** Throws for documents that are not well-formed. */
export function parseXml(documents: readonly string[]): XmlElement[] {
  const input = JSON.stringify(documents);
  return JSON.parse(execFileSync(PYTHON ?? "python3", ["-c", READ], { input, maxBuffer: 64 * 1024 * 1024 }).toString());
}

export function textsOf({ children }: XmlElement, name: string): string[] {
  return children.filter((child) => child.name === name).map(({ text }) => text);
}
