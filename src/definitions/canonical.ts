/** A canonical taken apart: `http://a.b/c|1.0#x` → url and version; a fragment is of no matter here. */
export function readCanonical(canonical: string): { readonly url: string; readonly version?: string } {
	const whole = canonical.replace(/#.*$/, "");
	const bar = whole.indexOf("|");
	if (bar === -1) return { url: whole };
	return { url: whole.slice(0, bar), version: whole.slice(bar + 1) };
}

/** `url|version`, or `url` where there is no version. */
export const canonicalOf = (url: string, version: string | undefined): string =>
	version === undefined ? url : `${url}|${version}`;

/**
 * The best of several versions of one url: the newest, or the newest that `wanted` names in whole or by its first
 * parts (`4.0` → `4.0.1`). https://hl7.org/fhir/R4/references.html#canonical
 */
export function pickVersion<T extends { readonly version?: string | undefined }>(
	candidates: readonly T[],
	wanted: string | undefined,
): T | undefined {
	const exact = candidates.filter(({ version }) => version === wanted);
	const fitting =
		wanted === undefined
			? candidates
			: exact.length > 0
				? exact
				: candidates.filter(({ version }) => version?.startsWith(`${wanted}.`));
	return fitting.reduce<T | undefined>(
		(best, candidate) =>
			best === undefined || compareVersions(candidate.version, best.version) >= 0 ? candidate : best,
		undefined,
	);
}

/** Negative where `a` is older: numbers by value, no version oldest, `1.0.0-ballot` before `1.0.0`. */
export function compareVersions(a: string | undefined, b: string | undefined): number {
	if (a === undefined || b === undefined) return Number(a !== undefined) - Number(b !== undefined);
	const [numbersA, labelA] = splitVersion(a);
	const [numbersB, labelB] = splitVersion(b);
	const byNumbers = COLLATOR.compare(numbersA, numbersB);
	if (byNumbers !== 0) return byNumbers;
	if ((labelA === "") !== (labelB === "")) return labelA === "" ? 1 : -1;
	return COLLATOR.compare(labelA, labelB);
}

const COLLATOR = new Intl.Collator("en", { numeric: true });

function splitVersion(version: string): [numbers: string, label: string] {
	const dash = version.indexOf("-");
	return dash === -1 ? [version, ""] : [version.slice(0, dash), version.slice(dash + 1)];
}
