/**
 * When two names mean the same model, as Ollama compares them: without a tag it is the latest one, and neither case nor the registry's
 * own prefix counts. Pure. Asked by probes and by routing.
 */
export function isSameModel(left: string, right: string): boolean {
  return fullModelName(left) === fullModelName(right);
}

/** One spelling for all that mean the same. */
export function fullModelName(name: string): string {
  const short = name
    .toLowerCase()
    .replace(/^registry\.ollama\.ai\//, "")
    .replace(/^library\//, "");
  return short.lastIndexOf(":") > short.lastIndexOf("/") ? short : `${short}:latest`;
}
