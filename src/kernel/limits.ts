/** What searches of a clinic may cost: milliseconds a search runs, and resources on one page. */
export type Limits = { readonly searchTimeoutMs: number; readonly maxPageSize: number };

/** Where a clinic has not set its own. */
export const DEFAULT_LIMITS: Limits = { searchTimeoutMs: 1_800, maxPageSize: 1_000 };

const BOUNDS: { readonly [name in keyof Limits]: readonly [least: number, most: number] } = {
	searchTimeoutMs: [10, 60_000],
	maxPageSize: [1, 10_000],
};

/** The limits in a clinic's settings; what is not set, no whole number or out of bounds is as by default. */
export function readLimits(settings: { readonly [name in keyof Limits]?: unknown }): Limits {
	const pick = (name: keyof Limits): number => {
		const value = settings[name];
		const [least, most] = BOUNDS[name];
		const fits = typeof value === "number" && Number.isInteger(value) && value >= least && value <= most;
		return fits ? value : DEFAULT_LIMITS[name];
	};
	return { searchTimeoutMs: pick("searchTimeoutMs"), maxPageSize: pick("maxPageSize") };
}
