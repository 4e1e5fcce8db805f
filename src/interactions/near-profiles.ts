import type { Definitions } from "../definitions/index.ts";
import { nearName } from "../validation/index.ts";

const MOST = 3;

/** Profiles that someone may have meant by a canonical that is not known: those whose last part is nearly the same. */
function nearProfiles(canonical: string, definitions: Definitions): string[] {
	const near = nearName(lastPart(canonical), definitions.profiles.map(lastPart));
	return definitions.profiles.filter((one) => lastPart(one) === near).slice(0, MOST);
}

const lastPart = (canonical: string): string => (canonical.split("|")[0] as string).split("/").at(-1) as string;

/** The same as the end of a sentence; empty where nothing is near. */
export function profileHint(canonical: string, definitions: Definitions): string {
	const near = nearProfiles(canonical, definitions);
	return near.length === 0 ? "" : ` Did you mean ${near.join(" or ")}?`;
}
