export type { BundleOptions, BundleStyle } from "./bundle.ts";
export { demoBundles, sampleTransactions } from "./bundle.ts";
export { indianDate } from "./calendar.ts";
export type { DemoOptions } from "./generate.ts";
export { generateDemo } from "./generate.ts";
