import { nearUrls, Problem } from "../kernel/index.ts";
import type { DefinedType, Sources } from "./sources.ts";

/** What someone may have meant by a canonical that is not known here, as the end of a message; empty where none is near. */
export async function hintFor(type: DefinedType, canonical: string, sources: Sources): Promise<string> {
	const [url = ""] = canonical.split("|");
	const large = type === "CodeSystem" ? ((await sources.large?.systems()) ?? []).map((system) => system.url) : [];
	const urls = [...sources.urls(type), ...large];
	if (urls.includes(url) || (await isKnown(type, url, sources))) return "";
	const near = nearUrls(url, urls);
	return near.length === 0 ? "" : ` Did you mean ${near.join(" or ")}?`;
}

async function isKnown(type: DefinedType, url: string, sources: Sources): Promise<boolean> {
	const ask = { CodeSystem: sources.codeSystem, ValueSet: sources.valueSet, ConceptMap: sources.conceptMap }[type];
	return (await ask(url)) !== undefined;
}

/** Does the work; where it fails as what it was asked about is not known, the Problem ends with what may be meant. */
export async function hinting<T>(
	type: DefinedType,
	canonical: string,
	sources: Sources,
	work: () => Promise<T>,
): Promise<T> {
	try {
		return await work();
	} catch (error) {
		if (!(error instanceof Problem) || error.kind !== "not-found") throw error;
		const hint = await hintFor(type, canonical, sources);
		throw hint === "" ? error : new Problem("not-found", error.message + hint);
	}
}
