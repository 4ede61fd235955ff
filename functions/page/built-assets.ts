/**
 * What browsers load beside the pages: style sheet and scripts. Read by assets.ts; the files are in dist/.
 * Invariant: this list is empty only in the sources: scripts/browser-assets.ts puts the built ones in its place, in the bundle as in
 * the tests.
 */

export interface BuiltAsset {
  readonly contentType: string;
  /** Of the contents, so that another file has another address. */
  readonly hash: string;
}

/** By its name, as `page.css`. */
export const BUILT_ASSETS: Readonly<Record<string, BuiltAsset>> = {};
