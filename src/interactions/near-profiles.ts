import type { Definitions } from "../definitions/index.ts";
import { nearUrls } from "../kernel/index.ts";

/** Profiles that someone may have meant by a canonical that is not known, as the end of a sentence; empty where none is near. */
export function profileHint(canonical: string, definitions: Definitions): string {
	const near = nearUrls(canonical, definitions.profiles);
	return near.length === 0 ? "" : ` Did you mean ${near.join(" or ")}?`;
}
