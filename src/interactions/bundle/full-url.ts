import { Problem } from "../../kernel/index.ts";
import type { BundleEntry } from "./entry.ts";

const RESTFUL = /^https?:\/\/.+\/([A-Z][A-Za-z]+)\/([A-Za-z0-9\-.]{1,64})$/;

/**
 * Refuses full URLs that would leave it open which entry a link means: the same one twice (bdl-7), one of a version
 * (bdl-8), or one that names another resource than its entry holds.
 * @throws Problem `invariant`. https://hl7.org/fhir/R4/bundle.html#bundle-unique
 */
export function requireFullUrls(entries: readonly BundleEntry[]): void {
	const seen = new Map<string, number>();
	for (const entry of entries) {
		const { n, fullUrl, resource } = entry;
		if (fullUrl === undefined) continue;
		const key = `${fullUrl} ${resource?.meta?.versionId ?? ""}`;
		const earlier = seen.get(key);
		const fault =
			earlier === undefined ? faultOf(fullUrl, entry) : `is that of Bundle.entry[${earlier}] too. Give each its own`;
		seen.set(key, n);
		if (fault === undefined) continue;
		const expression = `Bundle.entry[${n}].fullUrl`;
		throw new Problem("invariant", { text: `${expression} ${fault}.`, expression });
	}
}

function faultOf(fullUrl: string, { resource }: BundleEntry): string | undefined {
	if (fullUrl.includes("/_history/")) return "names a version. Leave the version out";
	const [, type, id] = RESTFUL.exec(fullUrl) ?? [];
	if (type === undefined || resource?.id === undefined) return undefined;
	const agrees = type === resource.resourceType && id === resource.id;
	return agrees ? undefined : "names another resource than its entry holds. Make type and id agree";
}
