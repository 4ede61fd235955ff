/**
 * Stands for the text of cluster.yaml that is deployed with a Worker: the build replaces this module by a reference to that file.
 * Imported by worker.ts. Invariant: never part of a build.
 */
const text: string = "";

export default text;
