import type { Definitions, Profile } from "../../definitions/index.ts";
import { Problem } from "../../kernel/index.ts";
import type { RunWalk } from "../run.ts";
import { fault, quote } from "../walk.ts";

/** A profile by canonical; one whose snapshot cannot be made is said at the place of the walk, and counts as not there. */
export function findProfile(walk: RunWalk, canonical: string): Profile | undefined {
	try {
		return walk.run.options.definitions.profile(canonical);
	} catch (error) {
		if (!(error instanceof Problem)) throw error;
		const why = error.message.replace(/\.$/, "");
		if (walk.run.options.advice) fault(walk, "profile-unusable", `is not looked at by ${quote(canonical)}: ${why}`);
		return undefined;
	}
}

/** The same where nothing can be said of it: a profile that cannot be used counts as not there. */
export function knownProfile(definitions: Definitions, canonical: string): Profile | undefined {
	try {
		return definitions.profile(canonical);
	} catch (error) {
		if (error instanceof Problem) return undefined;
		throw error;
	}
}

/** What a message calls a profile: by its canonical where its name is that of the type, as NRCES's Patient. */
export const profileName = ({ name, type, url }: Profile): string => (name === type ? url : name);
